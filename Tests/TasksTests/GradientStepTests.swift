import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Testing
import Tokenization

@testable import Tasks

@Suite struct GradientStepTests {
  private struct Case {
    var model: AdapterModel
    var batch: [TokenExample]
    var encoder: FrozenEncoder
    var firstPosition = 0
    var encoderDropout: Float = 0
  }

  private func makeCase(
    _ kind: Reparameterization, template: String, sentences: Int = 6, seed: UInt64 = 1,
    embedding deviation: Float = 0.5
  ) throws -> Case {
    let tiny = try TinyEncoder()
    let layouts = try tiny.layouts(template)
    var random = RandomStream(seed: seed, purpose: "batch")
    let batch = try (0..<sentences).flatMap { index -> [TokenExample] in
      let words = randomWords(index == 0 ? 40 : 3, using: &random)
      return try layouts.windows(of: words).map { window in
        TokenExample(window: window, targets: window.answers.map { _ in Int(random.next() % 5) })
      }
    }
    var model = AdapterModel(
      prompt: SoftPrompt(
        template: layouts.template,
        configuration: PromptConfiguration(
          reparameterization: kind, reparameterizationSize: 5, deviation: deviation),
        encoder: tiny.encoder, seed: seed),
      head: LinearHead(hidden: 32, outputs: 5, seed: seed))
    // A head of 0.02 would give gradients too small for numerical differences in float.
    model.head.linear.weight.value = .normal(
      rows: 5, columns: 32, deviation: 0.3, using: &random)
    return Case(model: model, batch: batch, encoder: tiny.encoder)
  }

  /// The loss and the gradients by name.
  private func gradients(
    _ test: Case, threads: Int = 1, dropout: Float = 0
  ) -> (loss: Double, gradients: [String: [Float]]) {
    var step = GradientStep<TokenExample>(
      encoder: test.encoder, dropout: dropout, encoderDropout: test.encoderDropout,
      firstPosition: test.firstPosition, threads: threads)
    var model = test.model
    let loss = step.gradients(of: &model, batch: test.batch) { purpose, shard in
      RandomStream(seed: 5, purpose: purpose, shard)
    }
    var gradients: [String: [Float]] = [:]
    model.visitParameters { gradients[$0.name] = $0.gradient.values }
    return (loss, gradients)
  }

  @Test(
    arguments: [Reparameterization.none, .mlp, .lstm],
    ["{soft:2} {text}", "{soft:1} [CLS] {text} {soft:1}", "a {soft:\"bc\"} : {text}"])
  func gradientsAreThoseOfTheLoss(_ kind: Reparameterization, _ template: String) throws {
    for seed: UInt64 in [1, 2, 3] {
      print("\(kind), \(template): seed \(seed)")
      try checkGradients(of: makeCase(kind, template: template, seed: seed), seed)
    }
  }

  /// What is trained beside soft rows and head.
  struct Additions: Sendable, CustomStringConvertible {
    var deep: DeepPromptConfiguration?
    var usesShapes = false
    var usesBiases = false
    var mixes = false
    var hasCRF = false
    var dropout: Float = 0

    var description: String {
      "deep \(deep.map { "\($0.reparameterization) \($0.positions) \($0.firstLayer)" } ?? "none")"
        + ", shapes \(usesShapes), biases \(usesBiases), mix \(mixes), CRF \(hasCRF)"
        + ", dropout \(dropout)"
    }
  }

  static let additions: [Additions] = [
    Additions(deep: .init(rows: 3, deviation: 0.3)),
    Additions(deep: .init(rows: 3, firstLayer: 1, deviation: 0.3, positions: .shifted)),
    Additions(
      deep: .init(
        rows: 2, reparameterization: .mlp, reparameterizationSize: 5, deviation: 0.5)),
    Additions(usesShapes: true),
    Additions(usesBiases: true),
    Additions(mixes: true),
    Additions(hasCRF: true),
    Additions(
      deep: .init(rows: 3, deviation: 0.3, positions: .shifted), usesShapes: true,
      usesBiases: true, mixes: true, hasCRF: true),
    Additions(
      deep: .init(
        rows: 2, firstLayer: 1, reparameterization: .mlp, reparameterizationSize: 5,
        dropout: 0.2, deviation: 0.5),
      usesShapes: true, usesBiases: true, mixes: true, hasCRF: true, dropout: 0.2),
  ]

  /// Sentences with tags that are legal, and a model whose every parameter has some effect.
  private func makeCase(_ additions: Additions, template: String, seed: UInt64) throws -> Case {
    let tiny = try TinyEncoder()
    let prompt = PromptConfiguration(
      reparameterization: .none, deviation: 0.5, deep: additions.deep,
      usesShapes: additions.usesShapes, usesBiases: additions.usesBiases)
    let layouts = SentenceLayouts(
      tokenizer: tiny.tokenizer, template: try tiny.template(template),
      maximumRows: 64 - prompt.firstPosition, prompt: prompt)
    let tagSet = TagSet(labels: ["a", "b"])
    var random = RandomStream(seed: seed, purpose: "additions")
    var batch: [TokenExample] = []
    for index in 0..<6 {
      var words = randomWords(index == 0 ? 40 : 3, using: &random)
      for word in words.indices where random.next() % 3 == 0 {
        words[word] = words[word].uppercased()
      }
      var tags: [Int] = []
      for _ in words {
        let legal = tagSet.tags.indices.filter { tag in
          tags.last.map { tagSet.isLegal(from: $0, to: tag) } ?? tagSet.isLegalStart(tag)
        }
        tags.append(legal[Int(random.next() % UInt64(legal.count))])
      }
      batch += try layouts.windows(of: words).map { window in
        let answers = window.answers
        return TokenExample(
          window: window, targets: Array(tags[answers]),
          previous: answers.lowerBound > 0 ? tags[answers.lowerBound - 1] : nil,
          isContinued: answers.upperBound < tags.count)
      }
    }
    var model = AdapterModel(
      prompt: SoftPrompt(
        template: layouts.template, configuration: prompt, encoder: tiny.encoder, seed: seed),
      deep: additions.deep.map {
        DeepPrompt(configuration: $0, encoder: tiny.encoder, text: nil, seed: seed)
      } ?? DeepPrompt(),
      shape: ShapeEmbedding(isUsed: additions.usesShapes, hidden: 32),
      biases: BiasAdditions(isUsed: additions.usesBiases, encoder: tiny.encoder),
      mix: additions.mixes ? LayerMix(layers: 3) : nil,
      head: LinearHead(hidden: 32, outputs: 5, seed: seed),
      crf: additions.hasCRF ? LinearChainCRF(legal: tagSet.legalTransitions) : nil)
    model.visitParameters { parameter in
      let kind = parameter.name.prefix { $0 != "." }
      guard ["shape", "bias", "mix", "head", "crf"].contains(kind) else { return }
      parameter.value.add(
        .normal(
          rows: parameter.value.rows, columns: parameter.value.columns, deviation: 0.3,
          using: &random))
    }
    return Case(
      model: model, batch: batch, encoder: tiny.encoder, firstPosition: prompt.firstPosition,
      encoderDropout: additions.dropout)
  }

  @Test(arguments: additions)
  func gradientsOfAdditionsAreThoseOfTheLoss(_ additions: Additions) throws {
    for (template, seed) in [("{text}", 4), ("{soft:2} {text} {soft:1}", 5)] as [(String, UInt64)] {
      let test = try makeCase(additions, template: template, seed: seed)
      #expect(test.batch.contains { $0.isContinued } && test.batch.contains { $0.previous != nil })
      try checkGradients(of: test, seed, dropout: additions.dropout)
    }
  }

  /// What is there has a gradient, and nothing else has.
  @Test func everyAdditionIsTrained() throws {
    let test = try makeCase(Self.additions[7], template: "{soft:2} {text}", seed: 6)
    let (loss, all) = gradients(test)
    #expect(loss.isFinite && loss > 0)
    let names =
      [
        "prompt.embedding", "deep.embedding", "shape.embedding", "mix.weights", "mix.scale",
        "head.weight", "head.bias",
      ] + (0..<2).flatMap { layer in LayerBiases.parts.map { "bias.\(layer).\($0.name)" } }
    #expect(Set(names).isSubset(of: all.keys))
    let others = Set(all.keys).subtracting(names)
    #expect(others.count == 3 && others.allSatisfy { $0.hasPrefix("crf.") })
    for (name, gradient) in all {
      #expect(gradient.contains { abs($0) > 1e-5 }, "\(name)")
      #expect(gradient.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test func shardsOfEverythingGiveTheSameGradients() throws {
    let test = try makeCase(Self.additions[7], template: "{soft:2} {text}", seed: 7)
    let alone = gradients(test)
    for threads in [2, 3] {
      let shared = gradients(test, threads: threads)
      #expect(abs(shared.loss - alone.loss) < 1e-5)
      for (name, gradient) in alone.gradients {
        let other = try #require(shared.gradients[name])
        let gap = zip(gradient, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        let largest = gradient.reduce(Float(1)) { max($0, abs($1)) }
        #expect(gap < 1e-5 * largest, "\(name), \(threads) threads: \(gap)")
      }
    }
  }

  private func checkGradients(of test: Case, _ seed: UInt64, dropout: Float = 0) throws {
    let (_, analytic) = gradients(test, dropout: dropout)
    var random = RandomStream(seed: seed, purpose: "directions")
    var names: [String] = []
    var model = test.model
    model.visitParameters { names.append($0.name) }
    for name in names {
      // Along a direction in which the gradient is not small by chance: itself with some noise.
      let gradient = try #require(analytic[name])
      let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm > 1e-5 else { continue }
      let noise = 0.5 / Double(gradient.count).squareRoot()
      let direction = gradient.map { Double($0) / norm + noise * Double(random.normal()) }
      let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * $1.1 }
      func loss(_ step: Double) -> Double {
        var moved = test
        moved.model.visitParameters { parameter in
          guard parameter.name == name else { return }
          for i in direction.indices { parameter.value.storage[i] += Float(step * direction[i]) }
        }
        return gradients(moved, dropout: dropout).loss
      }
      // The loss is exact to about 1e-7, so steps must be wide; what differences owe to the square
      // of the step goes (Richardson 1911). Of several the best must agree: a ReLU may turn within
      // a step.
      let plain = [0.06, 0.03, 0.015, 7.5e-3, 3.75e-3, 1.875e-3].map { step in
        (loss(step) - loss(-step)) / (2 * step)
      }
      let refined = zip(plain, plain.dropFirst()).map { wide, narrow in (4 * narrow - wide) / 3 }
      let gap = refined.map { abs($0 - slope) }.min() ?? .infinity
      #expect(
        gap < 1e-2 * abs(slope) + 1e-4, "\(name): \(slope), differences \(refined), seed \(seed)")
    }
  }

  @Test func aPromptThatIsNotReadHasNoGradient() throws {
    let test = try makeCase(.none, template: "{text}")
    let (loss, gradients) = gradients(test)
    #expect(loss > 0)
    #expect(gradients.keys.sorted() == ["head.bias", "head.weight"])
  }

  @Test(arguments: [Reparameterization.none, .mlp, .lstm])
  func shardsGiveTheSameGradients(_ kind: Reparameterization) throws {
    let test = try makeCase(kind, template: "{soft:2} {text} {soft:1}", sentences: 9)
    let alone = gradients(test)
    for threads in [2, 3, 40] {
      let shared = gradients(test, threads: threads)
      #expect(abs(shared.loss - alone.loss) < 1e-5)
      for (name, gradient) in alone.gradients {
        let other = try #require(shared.gradients[name])
        let gap = zip(gradient, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(gap < 1e-5, "\(name), \(threads) threads: \(gap)")
      }
    }
  }

  @Test func theLossIsTheMeanOverWords() throws {
    // Of a head of zeros every tag has the same probability.
    var test = try makeCase(.none, template: "{soft:2} {text}")
    test.model.head = LinearHead(
      weight: Matrix(rows: 5, columns: 32), bias: Matrix(rows: 1, columns: 5))
    #expect(abs(gradients(test).loss - log(5)) < 1e-5)
    // And training reads what inference reads.
    test = try makeCase(.lstm, template: "{soft:2} {text}")
    var scorer = WindowScorer(
      encoder: test.encoder, model: test.model.folded(), threads: 2)
    var sum = 0.0
    var words = 0
    for (example, logits) in zip(test.batch, scorer.logits(of: test.batch.map(\.window))) {
      for (word, target) in example.targets.enumerated() {
        let row = logits[5 * word..<5 * word + 5].map { Double($0) }
        sum += log(row.reduce(0) { $0 + exp($1) }) - row[target]
        words += 1
      }
    }
    #expect(abs(gradients(test).loss - sum / Double(words)) < 1e-5)
  }

  @Test func buffersOfOneStepChangeNothingInTheNext() throws {
    let large = try makeCase(.lstm, template: "{soft:2} {text}", sentences: 12)
    var step = GradientStep<TokenExample>(encoder: large.encoder, dropout: 0.3, threads: 2)
    func run(_ batch: [TokenExample]) -> ([Float], Double) {
      var model = large.model
      let loss = step.gradients(of: &model, batch: batch) { purpose, shard in
        RandomStream(seed: 5, purpose: purpose, shard)
      }
      return (model.prompt.embedding.gradient.values, loss)
    }
    let small = Array(large.batch.suffix(2))
    let (first, firstLoss) = run(small)
    _ = run(large.batch)
    #expect(run([]).1 == 0)
    let (second, secondLoss) = run(small)
    #expect(first == second && firstLoss == secondLoss)
    #expect(first.contains { $0 != 0 })
  }

  @Test func dropoutIsDrawnByItsStream() throws {
    let test = try makeCase(.none, template: "{soft:2} {text}")
    #expect(gradients(test, dropout: 0.5).loss == gradients(test, dropout: 0.5).loss)
    #expect(gradients(test, dropout: 0.5).loss != gradients(test).loss)
  }
}
