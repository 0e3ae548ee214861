import Encoders
import Kernels
import TestSupport
import Testing

/// The double precision encoder with deep prompts, soft rows, shapes and a mix of layers against
/// golden values of `transformers` with `past_key_values` (tools/golden/deep_prompts.py).
@Suite struct DeepPromptGoldenTests {
  static let seed: UInt64 = 41

  /// The loss's argument for the reference: the last hidden state of the golden rows, or the mix.
  static func output(
    _ reference: ReferenceEncoder, _ golden: DeepGolden.Case, _ prompts: ReferenceEncoder.Prompts,
    weights: DoubleMatrix, scale: Double
  ) -> DoubleMatrix {
    let states = reference.states(golden.input, prompts: prompts, shapes: golden.shapes)
      .map { $0.rows(golden.rows) }
    guard golden.mixed != nil else { return states[states.count - 1] }
    return Reference.layerMix(states, weights: weights, scale: scale)
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func theFileHoldsWhatItShould(name: String) throws {
    let golden = try DeepGolden(name)
    #expect(golden.keys.allSatisfy { $0.rows == 5 } && golden.values.allSatisfy { $0.rows == 5 })
    // Both conventions, sequences of one row, both segments, everything at once.
    #expect(Set(golden.cases.map(\.firstPosition)) == [0, 5])
    #expect(golden.cases.contains { $0.input.rows.count == 1 })
    #expect(golden.cases.contains { Set($0.input.segments) == [0, 1] })
    #expect(golden.cases.filter { $0.mixed != nil && $0.shapes.contains { $0 > 0 } }.count == 2)
    #expect(golden.cases.allSatisfy { $0.gradients["keys"] != nil && $0.upstream != nil })
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func statesOfTheReferenceAgreeWithTransformers(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    for golden in file.cases {
      let prompts = file.reference(for: golden)
      let states = reference.states(golden.input, prompts: prompts, shapes: golden.shapes)
      #expect(states.count == golden.states.count)
      for (state, expected) in zip(states, golden.states) {
        #expect(state.rows(golden.rows).difference(from: expected) < 1e-5, "\(golden)")
      }
      guard let mixed = golden.mixed else { continue }
      let own = Self.output(
        reference, golden, prompts, weights: DoubleMatrix(file.mixWeights),
        scale: Double(file.mixScale))
      #expect(own.difference(from: mixed) < 1e-5, "\(golden)")
    }
  }

  /// A test that could not fail would show nothing: each part of the prompts matters.
  @Test(arguments: FrozenEncoderTests.tiny)
  func eachPartOfThePromptsMatters(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    let golden = try #require(file.cases.first { $0.mixed != nil && $0.firstPosition == 0 })
    let changes: [(String, (inout ReferenceEncoder.Prompts) -> Void)] = [
      ("no deep prompts", { $0.deep = [] }),
      ("none in the last layer", { $0.deep[$0.deep.count - 1] = nil }),
      ("no shapes", { $0.shapes = $0.shapes.map { _ in 0 } }),
      ("other soft rows", { $0.soft = $0.soft.map { -$0 } }),
      ("shifted positions", { $0.firstPosition = 5 }),
    ]
    for (change, apply) in changes {
      var prompts = file.reference(for: golden)
      apply(&prompts)
      let hidden = reference.forward(golden.input, prompts: prompts, shapes: golden.shapes)
      #expect(hidden.difference(from: golden.hidden) > 1e-2, "\(change)")
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func gradientsAgreeWithCentralDifferences(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    var random = RandomStream(seed: Self.seed, purpose: "entries of " + name)
    for golden in file.cases {
      let upstream = DoubleMatrix(try #require(golden.upstream))
      let parameters = Parameters(file, golden)
      for (name, gradient) in golden.gradients where !name.isEmpty {
        let largest = max(1, DoubleMatrix(gradient).largest)
        for _ in 0..<4 {
          let index = Int.random(in: 0..<gradient.values.count, using: &random)
          func loss(_ step: Double) -> Double {
            let moved = parameters.moved(name, index, by: step)
            return upstream.inner(
              Self.output(
                reference, golden, moved.prompts, weights: moved.weights, scale: moved.scale))
          }
          let difference = (loss(1e-4) - loss(-1e-4)) / 2e-4
          #expect(
            abs(difference - Double(gradient.values[index])) < 1e-4 * largest,
            "\(golden), \(name) \(index), seed \(Self.seed)")
        }
      }
    }
  }

  /// Everything that is trained, of which one value can be moved.
  struct Parameters {
    var prompts: ReferenceEncoder.Prompts
    var weights: DoubleMatrix
    var scale: Double

    init(_ file: DeepGolden, _ golden: DeepGolden.Case) {
      prompts = file.reference(for: golden)
      weights = DoubleMatrix(file.mixWeights)
      scale = Double(file.mixScale)
    }

    /// - Parameters:
    ///   - name: as golden gradients are called.
    ///   - index: the value's place, layer by layer.
    func moved(_ name: String, _ index: Int, by step: Double) -> Parameters {
      var moved = self
      switch name {
      case "keys", "values":
        guard let size = prompts.deep.first??.keys.values.count else { break }
        let (layer, place) = index.quotientAndRemainder(dividingBy: size)
        if name == "keys" {
          moved.prompts.deep[layer]?.keys.values[place] += step
        } else {
          moved.prompts.deep[layer]?.values.values[place] += step
        }
      case "shapes": moved.prompts.shapes.values[index] += step
      case "soft": moved.prompts.soft.values[index] += step
      case "weights": moved.weights.values[index] += step
      case "scale": moved.scale += step
      default: Issue.record("no parameter \(name)")
      }
      return moved
    }
  }
}
