import Corpora
public import Foundation

extension ServiceConfiguration {
  /// Where a value comes from.
  public enum Origin: String, Sendable {
    case option, environment, file
    case usual = "default"
  }

  /// Reads the command line, the environment and a file: what stands further to the left wins, setting by setting.
  /// `ENXERTO_SERVE_` and a setting's name in capitals, `_` for `-`, is its variable; in the file it is a member of that name.
  ///
  /// - Parameters:
  ///   - options: of the command line, by the settings' names.
  ///   - environment: in the variable of a setting that takes several texts, commas are between them.
  ///   - file: JSON, an object.
  /// - Throws: `ConfigurationFault` for a name that is none, or a value that does not suit.
  public static func read(
    options: [String: [String]], environment: [String: String], file: URL?
  ) throws(ConfigurationFault) -> (configuration: ServiceConfiguration, origins: [String: Origin]) {
    let members = try file.map { file throws(ConfigurationFault) in try Self.members(of: file) }
    let names = Set(settings.map(\.name))
    let variables = Set(settings.map(\.variable))
    for name in environment.keys.sorted()
    where name.hasPrefix(Setting.variablePrefix) && !variables.contains(name) {
      throw ConfigurationFault("\(name): expected the variable of a setting, found another")
    }
    for (place, given) in [("--set", options), (file?.path ?? "", members ?? [:])] {
      for name in given.keys.sorted() where !names.contains(name) {
        throw ConfigurationFault("\(place): expected the name of a setting, found \(name)")
      }
    }
    var configuration = ServiceConfiguration()
    var origins: [String: Origin] = [:]
    for setting in settings {
      let variable = environment[setting.variable].map { text in
        setting.isList ? text.split(separator: ",").map(String.init) : [text]
      }
      let found: ([String], Origin)? =
        options[setting.name].map { ($0, .option) } ?? variable.map { ($0, .environment) }
        ?? members?[setting.name].map { ($0, .file) }
      origins[setting.name] = found?.1 ?? .usual
      if let found { try setting.change(&configuration, found.0) }
    }
    try configuration.check()
    return (configuration, origins)
  }

  private static func members(of file: URL) throws(ConfigurationFault) -> [String: [String]] {
    let value = try ConfigurationFile.read(file)
    guard case .object(let list) = value else {
      throw ConfigurationFault("\(file.path): expected an object of settings, found \(value.kind)")
    }
    var members: [String: [String]] = [:]
    for member in list {
      let texts = (member.value.array ?? [member.value]).compactMap(text)
      guard texts.count == member.value.array?.count ?? 1 else {
        throw ConfigurationFault(
          "\(file.path): \(member.key): expected text, a number, true or false, found another")
      }
      guard members.updateValue(texts, forKey: member.key) == nil else {
        throw ConfigurationFault("\(file.path): expected \(member.key) once, found it again")
      }
    }
    return members
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let flag): "\(flag)"
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .null, .array, .object: nil
    }
  }

  /// Every setting with its value and where that comes from.
  public func text(origins: [String: Origin]) -> String {
    Self.settings.map { setting in
      let origin = origins[setting.name] ?? .usual
      return
        "\(setting.name) = \(setting.texts(self).joined(separator: ",")) (\(origin.rawValue))\n"
    }.joined()
  }
}
