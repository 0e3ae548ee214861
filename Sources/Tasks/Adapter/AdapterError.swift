/// What is wrong with an adapter's folder, and where.
public struct AdapterError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// There is no such folder or file.
    case missing
    /// It is there and does not say what it must.
    case malformed
    /// It does not fit the encoder or the task.
    case mismatch
    /// It could not be read or written.
    case inputOutput
    /// Another run saves to it.
    case busy
  }

  public let kind: Kind
  public let path: String
  public let expected: String
  public let found: String

  public init(_ kind: Kind, path: String, expected: String, found: String) {
    self.kind = kind
    self.path = path
    self.expected = expected
    self.found = found
  }

  public var description: String { "\(path): expected \(expected), found \(found)" }
}
