import Encoders
import Kernels
import PTuning
import Testing
import Tokenization

@testable import Tasks

/// Windows of several adapters in one pass.
@Suite struct EncoderPassTests {
  /// An adapter with random numbers, and how it lays out words.
  private struct Member {
    var layouts: SentenceLayouts
    var model: PackedModel
  }

  /// Adapters that differ in all that a pass can tell apart.
  private static func members(_ tiny: TinyEncoder, _ random: inout RandomStream) throws -> [Member]
  {
    let configuration = tiny.encoder.configuration
    let (hidden, layers) = (configuration.hiddenSize, configuration.layerCount)
    func normal(_ rows: Int, _ columns: Int) -> Matrix {
      .normal(rows: rows, columns: columns, deviation: 0.5, using: &random)
    }
    func head(_ outputs: Int, _ reading: RowReading) -> LinearHead {
      LinearHead(weight: normal(outputs, hidden), bias: normal(1, outputs), reading: reading)
    }
    func deep(_ counts: [Int]) -> [Attention.Prefix] {
      counts.map { Attention.Prefix(keys: normal($0, hidden), values: normal($0, hidden)) }
    }
    func biases() -> [LayerBiases] {
      (0..<layers).map { _ in
        var biases = LayerBiases(hidden: hidden, intermediate: configuration.intermediateSize)
        biases.forEachPart { $0 = normal(1, $0.columns) }
        return biases
      }
    }
    func member(
      _ template: String, _ prompts: EncoderPrompts, mixes: Bool = false, head: LinearHead,
      firstPosition: Int = 0
    ) throws -> Member {
      let prompt = PromptConfiguration(
        deep: firstPosition > 0
          ? DeepPromptConfiguration(rows: firstPosition, positions: .shifted) : nil,
        usesShapes: prompts.shapes.rows > 0)
      let mix = mixes ? LayerMix(weights: normal(1, layers + 1), scale: normal(1, 1)) : nil
      return Member(
        layouts: SentenceLayouts(
          tokenizer: tiny.tokenizer, template: try tiny.template(template), maximumRows: 60,
          prompt: prompt),
        model: PackedModel(
          FoldedModel(prompts: prompts, mix: mix, head: head), encoder: tiny.encoder,
          firstPosition: firstPosition))
    }
    return [
      try member(
        "{soft:2} {text}", EncoderPrompts(soft: normal(2, hidden)), head: head(5, .words(.first))),
      try member("{text}", EncoderPrompts(), head: head(2, .field)),
      try member(
        "a {text} {soft:1}",
        EncoderPrompts(
          soft: normal(1, hidden), deep: deep((0..<layers).map { $0 == 0 ? 0 : 3 }),
          biases: biases()),
        mixes: true, head: head(3, .words(.mean))),
      try member(
        "{text}",
        EncoderPrompts(
          deep: deep(Array(repeating: 4, count: layers)),
          shapes: normal(WordShape.allCases.count, hidden)), head: head(7, .words(.first)),
        firstPosition: 4),
    ]
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func eachGetsWhatItWouldGetAlone(seed: UInt64) throws {
    print("seed \(seed)")
    let tiny = try TinyEncoder()
    var random = RandomStream(seed: seed, purpose: "pass")
    let members = try Self.members(tiny, &random)
    var (windows, owners) = ([Layout](), [Int]())
    for _ in 0..<24 {
      let owner = Int(random.next() % UInt64(members.count))
      let words = randomWords(1 + Int(random.next() % 30), using: &random)
      for window in try members[owner].layouts.windows(of: words) {
        windows.append(window)
        owners.append(owner)
      }
    }
    #expect(Set(owners).count == members.count)
    var pass = EncoderPass()
    let together = pass.logits(
      of: windows[...], owners: owners[...], models: members.map(\.model), encoder: tiny.encoder)
    #expect(together.count == windows.count)
    for (index, window) in windows.enumerated() {
      let alone = pass.logits(
        of: [window], models: [members[owners[index]].model], encoder: tiny.encoder)[0]
      #expect(alone.count == together[index].count)
      #expect(
        zip(alone, together[index]).allSatisfy { abs($0 - $1) < 1e-5 * max(1, abs($0)) },
        "window \(index) of adapter \(owners[index])")
    }
  }
}
