public import Foundation

/// Finds the folder that holds an encoder.
///
/// A *choice* is a folder's path, or a name as `models/registry.json` has it. Without one, the environment's
/// `ENXERTO_ENCODER` is the choice, and without that the default name. A name is looked for in `models/` in the
/// current directory, then in the user's data folder, `$XDG_DATA_HOME/enxerto/models` (`~/.local/share/enxerto/models`).
public struct EncoderFolder: Sendable, Equatable {
  /// The encoder used where none is named.
  public static let defaultName = "all-MiniLM-L6-v2"

  /// The folder; it exists, what is in it is not checked.
  public let url: URL

  /// The folder's own name.
  public var name: String { url.standardizedFileURL.lastPathComponent }

  /// Locates an encoder.
  ///
  /// - Parameters:
  ///   - choice: what `--encoder` or an adapter says; nil to leave it to the environment and the default.
  ///   - speaker: who says it, for the error message.
  ///   - environment: `ENXERTO_ENCODER`, `XDG_DATA_HOME` and `HOME` are looked at; empty values count as unset.
  ///   - currentDirectory: where relative paths and `models/` start.
  /// - Throws: `EncoderError` (`.missing`) that lists the places looked at.
  public static func locate(
    _ choice: String?, saidBy speaker: String = "--encoder", environment: [String: String],
    currentDirectory: URL
  ) throws(EncoderError) -> EncoderFolder {
    let source: String
    let value: String
    var isDefault = false
    if let choice {
      (value, source) = (choice, speaker)
    } else if let variable = environment["ENXERTO_ENCODER"], !variable.isEmpty {
      (value, source) = (variable, "ENXERTO_ENCODER")
    } else {
      (value, source) = (defaultName, "default encoder")
      isDefault = true
    }
    guard !value.isEmpty, !value.utf8.contains(0) else {
      throw EncoderError(
        .missing, path: source, expected: "an encoder's folder or name",
        found: value.isEmpty ? "an empty text" : "a text with a zero byte")
    }
    var candidates: [URL] = []
    // Only what the user wrote can be a path; the default is a name.
    if !isDefault {
      // Joined as text: a URL would resolve ".." before symbolic links are followed.
      let isAbsolute = value.utf8.first == UInt8(ascii: "/")
      candidates.append(
        URL(fileURLWithPath: isAbsolute ? value : currentDirectory.path + "/" + value))
    }
    let isName = !value.utf8.contains(UInt8(ascii: "/")) && value != "." && value != ".."
    if isName {
      let folders = modelFolders(environment: environment, currentDirectory: currentDirectory)
      candidates += folders.map { $0.appendingPathComponent(value, isDirectory: true) }
    }
    // A folder of that name that is no encoder (the adapter called like it, say) must not hide one that is.
    let folders = candidates.filter(isFolder)
    let complete = folders.first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("config.json").path)
    }
    if let url = complete ?? folders.first { return EncoderFolder(url: url) }
    let isFile = candidates.first.map { FileManager.default.fileExists(atPath: $0.path) } ?? false
    throw EncoderError(
      .missing, path: source, place: EncoderError.quoted(value),
      expected: "an encoder's folder at " + candidates.map(\.path).joined(separator: " or "),
      found: isFile ? "a file" : "none",
      advice: "tools/fetch-encoder fetches encoders; --encoder or ENXERTO_ENCODER names a folder")
  }

  /// Where encoders are kept under their names, in the order in which they are looked for.
  public static func modelFolders(
    environment: [String: String], currentDirectory: URL
  ) -> [URL] {
    var folders = [asFolder(currentDirectory).appendingPathComponent("models", isDirectory: true)]
    if let data = UserFolders.data(environment: environment) {
      folders.append(data.appendingPathComponent("models", isDirectory: true))
    }
    return folders
  }

  private static func asFolder(_ url: URL) -> URL {
    URL(fileURLWithPath: url.path, isDirectory: true)
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }
}
