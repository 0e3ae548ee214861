// README.md shows what stands between the markers; ExampleTests holds both equal. Public products
// alone are imported.

// example: tagging
import Encoders
import Foundation
import Inference
import Tasks

/// The names in a text, with the encoder that the adapter remembers.
func findNames(in text: String, adapter folder: URL) throws -> [TextSpan] {
  let adapter = try Adapter(folder: folder)
  let encoder = try EncoderFolder.locate(
    adapter.configuration.encoder.path, environment: ProcessInfo.processInfo.environment,
    currentDirectory: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
  var tagger = try Tagger(adapter: adapter, encoderFolder: encoder)
  let spans = try tagger.tag(text: text)
  for span in spans {
    print(span.range, span.label, span.text, span.confidence)
  }
  return spans
}
// end of example
