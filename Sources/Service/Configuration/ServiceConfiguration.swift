public import Kernels
public import Logging

/// All that a server can be told.
public struct ServiceConfiguration: Hashable, Sendable {
  public var host = "127.0.0.1"
  public var port = 8080
  /// A folder or a registry name; nil: as for every command.
  public var encoder: String?
  /// Names with their folders.
  public var adapter: [String] = []
  /// Where adapters are loaded from by request, and all that are there when it starts.
  public var adapters: String?
  public var precision = PrecisionChoice.asTrained
  public var threads: Int?
  public var tokens: String?
  public var certificate: String?
  public var key: String?
  public var insecure = false
  public var logLevel = Logger.Level.info
  public var limits = ServiceLimits()
  public var logTexts = false
  /// Seconds after a signal in which requests are still taken, while /health/ready says that they should go elsewhere.
  public var drainSeconds = 0.0
  /// Seconds in which what was accepted may end after that.
  public var shutdownSeconds = 30.0

  public init() {}

  /// At which precision all adapters are served.
  public enum PrecisionChoice: Hashable, Sendable {
    /// As the first was.
    case asTrained
    /// As suits the processor.
    case automatic
    case fixed(Precision)
  }

  /// Whether it listens on this machine alone.
  public var isLocal: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }

  /// What goes together, and what must not.
  func check() throws(ConfigurationFault) {
    guard (certificate == nil) == (key == nil) else {
      throw ConfigurationFault("certificate, key: expected both or none, found one")
    }
    guard isLocal || tokens != nil || insecure else {
      throw ConfigurationFault(
        "host: expected a loopback address, or tokens (--tokens FILE), or --insecure, found \(host) with neither"
      )
    }
  }
}
