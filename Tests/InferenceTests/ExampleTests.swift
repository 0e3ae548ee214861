import AdapterFixtures
import Foundation
import Inference
import Tasks
import TestSupport
import Testing

/// Writes a corpus of three sentences into a folder.
func exampleCorpus(in folder: URL) throws -> URL {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let corpus = folder.appendingPathComponent("corpus.xml")
  try Data(Tiny.corpus.utf8).write(to: corpus)
  return corpus
}

/// The examples of README.md do what they say, and are the same there.
@Suite struct ExampleTests {
  @Test func examplesRun() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let adapter = folder.appendingPathComponent("adapter")
    try trainTagger(
      corpus: exampleCorpus(in: folder), encoder: Tiny.encoderFolder, output: adapter)
    let configuration = try Adapter(folder: adapter).configuration
    #expect(!configuration.labels.isEmpty)
    #expect(configuration.template == "{soft:8} {text}")
    let text = "Ana Reis went to Porto."
    for span in try findNames(in: text, adapter: adapter) {
      #expect(configuration.labels.contains(span.label))
      #expect(text.unicodeScalars.count >= span.range.upperBound)
    }
  }

  /// The code between the markers of an example's file.
  private static func code(_ name: String, file: String) throws -> String {
    let url = packageRoot.appendingPathComponent("Tests/InferenceTests/\(file)")
    let text = try String(contentsOf: url, encoding: .utf8)
    let afterMarker = try #require(text.range(of: "// example: \(name)\n")).upperBound
    let end = try #require(text.range(of: "// end of example")).lowerBound
    return String(text[afterMarker..<end])
  }

  private static let readme = packageRoot.appendingPathComponent("README.md")

  /// The block of Swift after `<!-- example: name -->`.
  private static func block(_ name: String) -> String? {
    guard let text = try? String(contentsOf: readme, encoding: .utf8),
      let marker = text.range(of: "<!-- example: \(name) -->"),
      let begin = text.range(of: "```swift\n", range: marker.upperBound..<text.endIndex),
      let end = text.range(of: "```", range: begin.upperBound..<text.endIndex)
    else { return nil }
    return String(text[begin.upperBound..<end.lowerBound])
  }

  @Test(
    .enabled(
      if: ExampleTests.block("tagging") != nil,
      "README.md has no block after <!-- example: tagging -->"))
  func readmeShowsTagging() throws {
    #expect(Self.block("tagging") == (try Self.code("tagging", file: "TaggingExample.swift")))
  }

  @Test(
    .enabled(
      if: ExampleTests.block("training") != nil,
      "README.md has no block after <!-- example: training -->"))
  func readmeShowsTraining() throws {
    #expect(Self.block("training") == (try Self.code("training", file: "TrainingExample.swift")))
  }
}
