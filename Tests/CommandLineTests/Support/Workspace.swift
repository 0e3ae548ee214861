import Foundation
import TestSupport

/// A temporary folder that commands run in.
final class Workspace {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ path: String) -> URL { folder.appendingPathComponent(path) }

  func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  func write(_ bytes: [UInt8], to path: String) throws {
    let url = url(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: url(path))) }
  func text(of path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }
  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

  /// The program, in this folder.
  func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Binary.Result {
    try Binary.run(
      arguments, input: Array(input.utf8), environment: environment, in: folder)
  }

  // MARK: Encoders and adapters

  /// A BERT of two layers, whose vocabulary is letters.
  static let encoder = "tiny-uncased-gelu"
  /// Another, of another size.
  static let otherEncoder = "tiny-cased-gelu-new"

  /// Copies an encoder of the fixtures to `models/`.
  func addEncoder(_ name: String = Workspace.encoder) throws {
    try FileManager.default.createDirectory(
      at: url("models"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: packageRoot.appendingPathComponent("Tests/EncodersTests/Fixtures/\(name)"),
      to: url("models/\(name)"))
  }

  static let corpus = """
    <corpus>
      <s><PER>Ana Reis</PER> went to <LOC>Porto</LOC> .</s>
      <s>I met <PER>Rui</PER> at <ORG>Enxerto</ORG> .</s>
      <s><LOC>Faro</LOC> is hot .</s>
    </corpus>

    """

  /// Trains on three sentences, for milliseconds.
  func train(_ more: String..., output: String = "adapter") throws -> Binary.Result {
    try train(more, output: output)
  }

  private func train(_ more: [String], output: String = "adapter") throws -> Binary.Result {
    try write(Self.corpus, to: "corpus.xml")
    return try Binary.run(
      [
        "train", "ner", "--corpus", "corpus.xml", "--dev", "corpus.xml", "--encoder",
        Self.encoder, "--output", output, "--template", "{soft:2} {text}", "--epochs", "2",
        "--threads", "1", "--quiet",
      ] + more, in: folder)
  }

  /// An encoder and an adapter on it.
  static func withAdapter() throws -> Workspace { try withAdapter([]) }

  /// An encoder and an adapter that has been trained long enough to find names.
  static func withTagger() throws -> Workspace {
    try withAdapter(["--epochs", "40", "--learning-rate", "0.05", "--head-learning-rate", "0.05"])
  }

  private static func withAdapter(_ more: [String]) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    let result = try workspace.train(more)
    guard result.exitCode == 0 else { throw Unready(errors: result.errors) }
    return workspace
  }

  struct Unready: Error { var errors: String }
}
