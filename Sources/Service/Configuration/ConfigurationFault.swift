/// Why a server cannot run as it was configured: what was expected, and what was found.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
