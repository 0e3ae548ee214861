import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import TestSupport
import Testing
import Tokenization

@testable import Tasks

/// A passage of random letters with questions about it, for the tiny encoder.
struct SpanCase {
  let tiny: TinyEncoder
  let layouts: QuestionLayouts
  var examples: [SpanExample] = []

  init(
    template: String = "{question} [SEP] {context}", seed: UInt64 = 1,
    prompt: PromptConfiguration = PromptConfiguration(reparameterization: .none)
  ) throws {
    tiny = try TinyEncoder()
    layouts = try tiny.questionLayouts(template, prompt: prompt)
    var random = RandomStream(seed: seed, purpose: "span case")
    for index in 0..<5 {
      let words = randomWords(index == 0 ? 60 : 6, using: &random)
      let context = layouts.tokenize(words.joined(separator: " "))
      let count = context.wordpieces.count
      let first = Int(random.next() % UInt64(max(1, count - 2)))
      let answers = index == 4 ? [] : [first..<min(count, first + 2), 0..<1]
      examples += try layouts.windows(question: layouts.tokenize("a b"), context: context)
        .layouts.map { SpanExample(window: $0, answers: answers) }
    }
  }

  func model(soft deviation: Float = 0.5, seed: UInt64 = 1) -> AdapterModel {
    var random = RandomStream(seed: seed, purpose: "span model")
    return AdapterModel(
      prompt: SoftPrompt(
        template: layouts.template,
        configuration: PromptConfiguration(reparameterization: .none, deviation: deviation),
        encoder: tiny.encoder, seed: seed),
      head: LinearHead(
        weight: .normal(rows: 2, columns: 32, deviation: 0.5, using: &random),
        bias: .normal(rows: 1, columns: 2, deviation: 0.5, using: &random), reading: .field))
  }
}

extension TinyEncoder {
  func questionLayouts(
    _ template: String, answering: AnsweringConfiguration = .init(windowRows: 64, stride: 8),
    prompt: PromptConfiguration = PromptConfiguration()
  ) throws -> QuestionLayouts {
    QuestionLayouts(
      tokenizer: tokenizer,
      template: try ResolvedTemplate(
        Template(parsing: template, fields: ["question", "context"]), tokenizer: tokenizer),
      answering: answering, prompt: prompt)
  }
}

@Suite struct SpanLossTests {
  /// −log of the summed probability of the right places, of starts and ends, halved; in double precision.
  private func reference(
    _ logits: DoubleMatrix, _ places: SpanPlaces, starts: [Int], ends: [Int]
  ) -> Double {
    var loss = 0.0
    for (column, candidates, targets) in [(0, places.starts, starts), (1, places.ends, ends)] {
      let rows = candidates + [places.null]
      let all = rows.map { exp(logits.values[2 * $0 + column]) }
      let targets = targets.isEmpty ? [candidates.count] : targets
      loss -= log(targets.map { all[$0] }.reduce(0, +) / all.reduce(0, +)) / 2
    }
    return loss
  }

  @Test(
    arguments: ["{question} [SEP] {context}", "{soft:2} {context} {soft:1} [SEP] {question} [CLS]"])
  func lossAndGradientAreThoseOfTheReference(_ template: String) throws {
    let test = try SpanCase(template: template)
    #expect(test.examples.contains { $0.starts.isEmpty })
    #expect(test.examples.contains { $0.starts.count == 2 })
    for (index, example) in test.examples.enumerated() {
      let places = SpanPlaces(example.window)
      let count = example.window.readCount(.field)
      var random = RandomStream(seed: UInt64(index), purpose: "logits")
      let logits = Matrix.normal(rows: count, columns: 2, deviation: 2, using: &random)
      let exact = DoubleMatrix(logits)
      var gradient = logits
      var workspace: [Float] = []
      let loss = SpanLoss.forwardBackward(
        &gradient, first: 0, count: count, places: places, starts: example.starts,
        ends: example.ends, scale: 1, workspace: &workspace)
      let expected = reference(exact, places, starts: example.starts, ends: example.ends)
      #expect(abs(loss - expected) < 1e-5 * max(1, expected))
      let differences = centralDifferences(
        at: exact, upstream: DoubleMatrix(Matrix(rows: 1, columns: 1, values: [1]))
      ) { moved in
        var value = DoubleMatrix(rows: 1, columns: 1)
        value.values[0] = reference(
          moved, places, starts: example.starts, ends: example.ends)
        return value
      }
      for (given, wanted) in zip(gradient.values, differences.values) {
        #expect(abs(Double(given) - wanted) < 1e-5)
      }
    }
  }

  /// A right place that is all but impossible still pulls.
  @Test func gradientsOfTheImpossibleAreNotLost() throws {
    let test = try SpanCase()
    let example = try #require(test.examples.first { !$0.starts.isEmpty })
    let places = SpanPlaces(example.window)
    let count = example.window.readCount(.field)
    var logits = Matrix(rows: count, columns: 2)
    logits[places.null, 0] = 1000
    logits[places.null, 1] = 1000
    var workspace: [Float] = []
    let loss = SpanLoss.forwardBackward(
      &logits, first: 0, count: count, places: places, starts: [1], ends: [1], scale: 1,
      workspace: &workspace)
    #expect(abs(loss - 1000) < 1)
    #expect(logits[places.starts[1], 0] == -0.5 && logits[places.null, 0] == 0.5)
  }

  /// Through head and encoder, along the gradient.
  @Test(
    arguments: [
      "{soft:2} {question} {soft:1} [SEP] {context}", "{context} [SEP] {soft:2} {question}",
    ])
  func gradientsOfAStepAreThoseOfItsLoss(_ template: String) throws {
    let test = try SpanCase(template: template, seed: 3)
    func gradients(_ model: AdapterModel) -> (loss: Double, gradients: [String: [Float]]) {
      var step = GradientStep<SpanExample>(encoder: test.tiny.encoder, dropout: 0, threads: 2)
      var model = model
      let loss = step.gradients(of: &model, batch: test.examples) { purpose, shard in
        RandomStream(seed: 5, purpose: purpose, shard)
      }
      var all: [String: [Float]] = [:]
      model.visitParameters { all[$0.name] = $0.gradient.values }
      return (loss, all)
    }
    let model = test.model()
    let (loss, all) = gradients(model)
    #expect(loss > 0 && all.keys.sorted() == ["head.bias", "head.weight", "prompt.embedding"])
    for (name, gradient) in all {
      let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      // What all rows have in common, softmax does not see.
      guard name != "head.bias" else {
        #expect(norm < 1e-6)
        continue
      }
      #expect(norm > 1e-4, "\(name)")
      func loss(_ step: Double) -> Double {
        var moved = model
        moved.visitParameters { parameter in
          guard parameter.name == name else { return }
          for i in gradient.indices {
            parameter.value.storage[i] += Float(step * Double(gradient[i]) / norm)
          }
        }
        return gradients(moved).loss
      }
      let plain = [0.06, 0.03, 0.015, 7.5e-3].map { (loss($0) - loss(-$0)) / (2 * $0) }
      let refined = zip(plain, plain.dropFirst()).map { wide, narrow in (4 * narrow - wide) / 3 }
      let gap = refined.map { abs($0 - norm) }.min() ?? .infinity
      #expect(gap < 1e-2 * norm + 1e-4, "\(name): \(norm), differences \(refined)")
    }
  }
}
