import Foundation
import Service
import Tasks

/// An adapter to serve, and its folder.
struct NamedAdapter {
  var name: String
  var folder: URL
  /// Whether it was asked for by its name.
  var isNeeded: Bool

  /// Those that are named, and those in the folder.
  ///
  /// - Throws: `ConfigurationFault`.
  static func all(of configuration: ServiceConfiguration) throws -> [NamedAdapter] {
    var found: [NamedAdapter] = []
    for argument in configuration.adapter {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, AdapterName.isValid(parts[0]) else {
        throw ConfigurationFault(
          "adapter: expected NAME=FOLDER, with a name of letters, digits, -, _ and ., found \(argument)"
        )
      }
      guard !found.contains(where: { $0.name == parts[0] }) else {
        throw ConfigurationFault(
          "adapter: expected each name once, found \(parts[0]) again")
      }
      found.append(
        NamedAdapter(
          name: parts[0], folder: URL(fileURLWithPath: parts[1], isDirectory: true), isNeeded: true)
      )
    }
    guard let path = configuration.adapters else { return found }
    let manager = FileManager.default
    let root = URL(fileURLWithPath: path, isDirectory: true)
    let names: [String]
    do {
      names = try manager.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw ConfigurationFault("adapters: expected a folder, found none at \(path)")
    }
    for name in names where AdapterName.isValid(name) && !found.contains(where: { $0.name == name })
    {
      let folder = root.appendingPathComponent(name, isDirectory: true)
      let file = folder.appendingPathComponent(Adapter.configurationFile)
      guard manager.fileExists(atPath: file.path) else { continue }
      found.append(NamedAdapter(name: name, folder: folder, isNeeded: false))
    }
    return found
  }
}
