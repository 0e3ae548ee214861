import Corpora
import Foundation

extension CorpusInput {
  /// Refuses what is no file before anything is loaded. Files are not kept open: there may be more than can be; and a
  /// pipe can be opened once.
  func checkReadable() throws {
    guard case .file(let path) = self else { return }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CorpusError(.missing, file: path, expected: "a file to read", found: "none")
    }
    if isFolder.boolValue {
      throw CorpusError(.unreadable, file: path, expected: "a file to read", found: "a folder")
    }
  }
}
