import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Testing
import Tokenization

@testable import Tasks

@Suite struct TokenClassificationStepTests {
  private struct Case {
    var model: TokenClassificationModel
    var batch: [TokenExample]
    var encoder: FrozenEncoder
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
    var model = TokenClassificationModel(
      prompt: SoftPrompt(
        template: layouts.template,
        configuration: PromptConfiguration(
          reparameterization: kind, reparameterizationSize: 5, deviation: deviation),
        encoder: tiny.encoder, seed: seed),
      head: TokenHead(hidden: 32, tagCount: 5, seed: seed))
    // A head of 0.02 would give gradients too small for numerical differences in float.
    model.head.linear.weight.value = .normal(
      rows: 5, columns: 32, deviation: 0.3, using: &random)
    return Case(model: model, batch: batch, encoder: tiny.encoder)
  }

  /// The loss and the gradients by name.
  private func gradients(
    _ test: Case, threads: Int = 1, dropout: Float = 0
  ) -> (loss: Double, gradients: [String: [Float]]) {
    var step = TokenClassificationStep(encoder: test.encoder, dropout: dropout, threads: threads)
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

  private func checkGradients(of test: Case, _ seed: UInt64) throws {
    let (_, analytic) = gradients(test)
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
        return gradients(moved).loss
      }
      // The loss is exact to about 1e-7, which wide differences divide by more. What they owe to
      // the square of the step goes (Richardson 1911); where a ReLU turns within the step, or
      // rounding is too much, neighbours disagree: the two that agree best are the slope.
      let plain = [0.12, 0.06, 0.03, 0.015, 7.5e-3, 3.75e-3].map { step in
        (loss(step) - loss(-step)) / (2 * step)
      }
      let refined = zip(plain, plain.dropFirst()).map { wide, narrow in (4 * narrow - wide) / 3 }
      let pairs = zip(refined, refined.dropFirst())
      let best = try #require(pairs.min { abs($0.0 - $0.1) < abs($1.0 - $1.1) })
      let gap = abs((best.0 + best.1) / 2 - slope)
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
    test.model.head = TokenHead(
      weight: Matrix(rows: 5, columns: 32), bias: Matrix(rows: 1, columns: 5))
    #expect(abs(gradients(test).loss - log(5)) < 1e-5)
    // And training reads what inference reads.
    test = try makeCase(.lstm, template: "{soft:2} {text}")
    var scorer = TokenScorer(
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
    var step = TokenClassificationStep(encoder: large.encoder, dropout: 0.3, threads: 2)
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
