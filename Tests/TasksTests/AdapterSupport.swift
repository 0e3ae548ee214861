import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import TestSupport
import Testing
import Tokenization

@testable import Tasks

/// An encoder of two layers, 32 hidden and 64 positions, whose vocabulary is single letters.
struct TinyEncoder {
  static let url = packageRoot.appendingPathComponent(
    "Tests/EncodersTests/Fixtures/tiny-uncased-gelu")

  let encoder: FrozenEncoder
  let tokenizer: WordpieceTokenizer

  init() throws {
    encoder = try FrozenEncoder(folder: Self.url)
    tokenizer = try WordpieceTokenizer(folder: Self.url)
  }

  func template(_ text: String) throws -> ResolvedTemplate {
    try ResolvedTemplate(Template(parsing: text, fields: ["text"]), tokenizer: tokenizer)
  }

  func layouts(_ template: String) throws -> SentenceLayouts {
    SentenceLayouts(
      tokenizer: tokenizer, template: try self.template(template), maximumRows: 64,
      prompt: PromptConfiguration())
  }
}

/// A folder of one test's own, removed at its end.
final class Workplace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-tasks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// What it holds.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}

/// An adapter of random weights for the tiny encoder.
func randomAdapter(
  template: String = "{soft:2} {text}", rows: Int = 2, labels: [String] = ["LOC", "PER"],
  seed: UInt64 = 1
) -> Adapter {
  var random = RandomStream(seed: seed, purpose: "adapter")
  let tags = 1 + 2 * labels.count
  return Adapter(
    configuration: AdapterConfiguration(
      labels: labels, template: template, prompt: PromptConfiguration(), softRowCount: rows,
      decoding: .viterbi, maximumRows: 64,
      encoder: .init(
        name: "tiny", path: "tiny", sha256: "tiny", hiddenSize: 32, layerCount: 2,
        intermediateSize: 64),
      outcome: .init(epoch: 3, devF1: 0.1 + 0.2)),
    model: FoldedModel(
      prompts: EncoderPrompts(
        soft: .normal(rows: rows, columns: 32, deviation: 0.5, using: &random)),
      head: LinearHead(
        weight: .normal(rows: tags, columns: 32, deviation: 0.5, using: &random),
        bias: .normal(rows: 1, columns: tags, deviation: 0.5, using: &random))))
}

/// Words of random letters, some of them without any wordpiece of their own.
func randomWords(_ count: Int, longest: Int = 5, using random: inout RandomStream) -> [String] {
  let letters = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
  let odd = ["\u{200B}", "\u{7}", "日", "--", "é", "\u{FE0F}", "[SEP]"]
  return (0..<count).map { _ in
    var text = ""
    if random.next() % 8 == 0 {
      text = odd[Int(random.next() % UInt64(odd.count))]
    } else {
      for _ in 0...random.next() % UInt64(longest) {
        text.unicodeScalars.append(letters[Int(random.next() % 26)])
      }
    }
    return text
  }
}
