import Corpora
import Foundation
import Tokenization

/// A file of JSON that says how a server is to run.
enum ConfigurationFile {
  /// - Throws: `ConfigurationFault` for a file that cannot be read, or is no JSON.
  static func read(_ file: URL) throws(ConfigurationFault) -> JSONValue {
    guard let data = try? Data(contentsOf: file) else {
      throw ConfigurationFault("\(file.path): expected a file that can be read, found none")
    }
    let bytes = Array(data)[...]
    if let invalid = UTF8Check.firstInvalid(in: bytes) {
      throw ConfigurationFault(
        "\(file.path): expected UTF-8, found another byte at offset \(invalid)")
    }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw ConfigurationFault(
        "\(file.path): expected \(error.expected), found \(error.found) at offset \(error.offset)")
    }
  }
}
