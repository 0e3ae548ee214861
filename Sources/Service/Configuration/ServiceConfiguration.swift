public import Foundation
public import Kernels
public import Logging

/// All that a server can be told, from its command line, its environment and a file: what stands further to the left wins,
/// option by option. `ENXERTO_SERVE_` and an option's name in capitals is its variable; in the file it is a member of that name.
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
  public var queueRows = 8192
  /// Seconds in which what was accepted may end after a signal.
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

  /// Why a configuration cannot be used.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
  }

  /// Where a value comes from.
  public enum Origin: String, Sendable {
    case option, environment, file
    case usual = "default"
  }

  /// One setting: how it is called, what it is, and how text changes it.
  struct Setting: Sendable {
    let name: String
    let text: @Sendable (ServiceConfiguration) -> String?
    let set: @Sendable (inout ServiceConfiguration, String) throws(Fault) -> Void
  }

  static let settings: [Setting] = [
    string("host", \.host), integer("port", \.port, 0...65_535), optional("encoder", \.encoder),
    Setting(
      name: "adapter", text: { $0.adapter.isEmpty ? nil : $0.adapter.joined(separator: ",") },
      set: { configuration, text throws(Fault) in
        configuration.adapter = text.split(separator: ",").map(String.init)
      }),
    optional("adapters", \.adapters),
    Setting(
      name: "precision",
      text: { configuration in
        switch configuration.precision {
        case .asTrained: nil
        case .automatic: "auto"
        case .fixed(let precision): precision.rawValue
        }
      },
      set: { configuration, text throws(Fault) in
        if text == "auto" {
          configuration.precision = .automatic
        } else if let precision = Precision(rawValue: text) {
          configuration.precision = .fixed(precision)
        } else {
          throw Fault("precision: expected auto, float32, bf16 or int8, found \(text)")
        }
      }),
    Setting(
      name: "threads", text: { $0.threads.map(String.init) },
      set: { configuration, text throws(Fault) in
        guard let value = Int(text), value > 0 else {
          throw Fault("threads: expected a number from 1, found \(text)")
        }
        configuration.threads = value
      }),
    optional("tokens", \.tokens), optional("certificate", \.certificate), optional("key", \.key),
    flag("insecure", \.insecure),
    Setting(
      name: "log-level", text: { $0.logLevel.rawValue },
      set: { configuration, text throws(Fault) in
        guard let level = Logger.Level(rawValue: text) else {
          let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
          throw Fault("log-level: expected one of \(levels), found \(text)")
        }
        configuration.logLevel = level
      }),
    flag("log-texts", \.logTexts),
    integer("body-bytes", \.limits.bodyBytes, 1...Int.max),
    integer("text-bytes", \.limits.textBytes, 1...Int.max),
    integer("line-bytes", \.limits.lineBytes, 1...Int.max),
    integer("adapter-bytes", \.limits.adapterBytes, 1...Int.max),
    integer("depth", \.limits.depth, 1...64),
    integer("batch-items", \.limits.batchItems, 1...Int.max),
    integer("items-at-a-time", \.limits.itemsAtATime, 1...Int.max),
    integer("connections", \.limits.connections, 1...Int.max),
    integer("requests-in-flight", \.limits.requestsInFlight, 1...Int.max),
    number("request-seconds", \.limits.requestSeconds),
    number("idle-seconds", \.limits.idleSeconds),
    integer("queue-rows", \.queueRows, 1...Int.max),
    number("shutdown-seconds", \.shutdownSeconds),
  ]

  private static func string(
    _ name: String, _ path: any WritableKeyPath<ServiceConfiguration, String> & Sendable
  ) -> Setting {
    Setting(
      name: name, text: { $0[keyPath: path] },
      set: { configuration, text throws(Fault) in configuration[keyPath: path] = text })
  }

  private static func optional(
    _ name: String, _ path: any WritableKeyPath<ServiceConfiguration, String?> & Sendable
  ) -> Setting {
    Setting(
      name: name, text: { $0[keyPath: path] },
      set: { configuration, text throws(Fault) in configuration[keyPath: path] = text })
  }

  private static func flag(
    _ name: String, _ path: any WritableKeyPath<ServiceConfiguration, Bool> & Sendable
  ) -> Setting {
    Setting(
      name: name, text: { "\($0[keyPath: path])" },
      set: { configuration, text throws(Fault) in
        guard let value = Bool(text) else {
          throw Fault("\(name): expected true or false, found \(text)")
        }
        configuration[keyPath: path] = value
      })
  }

  private static func integer(
    _ name: String, _ path: any WritableKeyPath<ServiceConfiguration, Int> & Sendable,
    _ range: ClosedRange<Int>
  ) -> Setting {
    Setting(
      name: name, text: { "\($0[keyPath: path])" },
      set: { configuration, text throws(Fault) in
        guard let value = Int(text), range.contains(value) else {
          throw Fault("\(name): expected a number from \(range.lowerBound), found \(text)")
        }
        configuration[keyPath: path] = value
      })
  }

  private static func number(
    _ name: String, _ path: any WritableKeyPath<ServiceConfiguration, Double> & Sendable
  ) -> Setting {
    Setting(
      name: name, text: { "\($0[keyPath: path])" },
      set: { configuration, text throws(Fault) in
        guard let value = Double(text), value > 0, value <= 86_400 else {
          throw Fault("\(name): expected seconds above 0, to 86400, found \(text)")
        }
        configuration[keyPath: path] = value
      })
  }

  /// Reads all three.
  ///
  /// - Parameters:
  ///   - options: of the command line, by name.
  ///   - file: JSON, an object of the settings' names.
  /// - Throws: `Fault` for a name that is none, or a value that does not suit.
  public static func read(
    options: [String: String], environment: [String: String], file: URL?
  ) throws(Fault) -> (configuration: ServiceConfiguration, origins: [String: Origin]) {
    var configuration = ServiceConfiguration()
    var origins: [String: Origin] = [:]
    let members = try file.map { file throws(Fault) in try Self.members(of: file) } ?? [:]
    let names = Set(settings.map(\.name))
    let prefix = "ENXERTO_SERVE_"
    let variables = Set(names.map { prefix + variable($0) })
    for name in environment.keys.sorted() where name.hasPrefix(prefix) && !variables.contains(name)
    {
      throw Fault("\(name): expected the variable of a setting, found another")
    }
    for (place, given) in [("--set", options), (file?.path ?? "", members)] {
      for name in given.keys.sorted() where !names.contains(name) {
        throw Fault("\(place): expected the name of a setting, found \(name)")
      }
    }
    for setting in settings {
      let found: (String, Origin)? =
        options[setting.name].map { ($0, .option) }
        ?? environment[prefix + variable(setting.name)].map { ($0, .environment) }
        ?? members[setting.name].map { ($0, .file) }
      origins[setting.name] = found?.1 ?? .usual
      if let found { try setting.set(&configuration, found.0) }
    }
    try configuration.check()
    return (configuration, origins)
  }

  /// What an option is called among the variables, but for what they all begin with.
  private static func variable(_ name: String) -> String {
    name.uppercased().replacingOccurrences(of: "-", with: "_")
  }

  private static func members(of file: URL) throws(Fault) -> [String: String] {
    guard let data = try? Data(contentsOf: file) else {
      throw Fault("\(file.path): expected a file that can be read, found none")
    }
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw Fault(
        "\(file.path): expected an object of settings, found other than JSON of that kind")
    }
    var members: [String: String] = [:]
    for (name, value) in object {
      switch value {
      case let list as [String]: members[name] = list.joined(separator: ",")
      case let text as String: members[name] = text
      case let flag as Bool where settingIsFlag(name): members[name] = "\(flag)"
      case let number as NSNumber: members[name] = "\(number)"
      default:
        throw Fault("\(file.path): \(name): expected text, a number, true or false, found another")
      }
    }
    return members
  }

  private static func settingIsFlag(_ name: String) -> Bool {
    name == "insecure" || name == "log-texts"
  }

  /// Whether it listens on this machine alone.
  public var isLocal: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }

  /// What goes together, and what must not.
  private func check() throws(Fault) {
    guard (certificate == nil) == (key == nil) else {
      throw Fault("certificate, key: expected both or none, found one")
    }
    guard isLocal || tokens != nil || insecure else {
      throw Fault(
        "host: expected a loopback address, or tokens (--tokens FILE), or --insecure, found \(host) with neither"
      )
    }
  }

  /// Every setting with its value and where that comes from.
  public func text(origins: [String: Origin]) -> String {
    Self.settings.map { setting in
      "\(setting.name) = \(setting.text(self) ?? "") (\((origins[setting.name] ?? .usual).rawValue))\n"
    }.joined()
  }
}
