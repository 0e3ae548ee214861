package import Encoders
package import Foundation

extension AdapterConfiguration.EncoderReference {
  /// Finds the encoder. The name is tried before the path: adapters move between machines, models/ is on each.
  ///
  /// - Parameter choice: a folder or a name that is taken instead.
  /// - Throws: `EncoderError`.
  package func locate(
    choice: String?, environment: [String: String], currentDirectory: URL
  ) throws(EncoderError) -> EncoderFolder {
    func folder(_ place: String, saidBy speaker: String) throws(EncoderError) -> EncoderFolder {
      try EncoderFolder.locate(
        place, saidBy: speaker, environment: environment, currentDirectory: currentDirectory)
    }
    if let choice { return try folder(choice, saidBy: "--encoder") }
    do {
      return try folder(name, saidBy: "adapter.json")
    } catch {
      if let found = try? folder(path, saidBy: "adapter.json") { return found }
      throw error
    }
  }
}
