import Encoders
import Kernels
import TestSupport
import Testing

/// Deep prompts, soft rows, shapes and a mix of layers against golden values of `transformers` with
/// `past_key_values` (tools/golden/deep_prompts.py): the double precision encoder, and the real one.
@Suite struct DeepPromptGoldenTests {
  static let seed: UInt64 = 41

  @Test(arguments: FrozenEncoderTests.tiny)
  func theFileHoldsWhatItShould(name: String) throws {
    let golden = try DeepGolden(name)
    #expect(golden.keys.allSatisfy { $0.rows == 5 } && golden.values.allSatisfy { $0.rows == 5 })
    // Both conventions, sequences of one row, both segments, everything at once.
    #expect(Set(golden.cases.map(\.input.firstPosition)) == [0, 5])
    #expect(golden.cases.contains { $0.input.rows.count == 1 })
    #expect(golden.cases.contains { Set($0.input.segments) == [0, 1] })
    #expect(
      golden.cases.filter { $0.mixed != nil && $0.input.shapes.contains { $0 > 0 } }.count == 2)
    #expect(golden.cases.allSatisfy { $0.gradients["keys"] != nil && $0.upstream != nil })
  }

  // MARK: The reference

  /// What the loss is of: the last hidden state of the golden rows, or the mix.
  static func output(
    _ reference: ReferenceEncoder, _ golden: DeepGolden.Case, _ parameters: Parameters
  ) -> DoubleMatrix {
    let states = reference.states(golden.input, prompts: parameters.prompts)
      .map { $0.rows(golden.rows) }
    guard golden.mixed != nil else { return states[states.count - 1] }
    return Reference.layerMix(states, weights: parameters.weights, scale: parameters.scale)
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func statesOfTheReferenceAgreeWithTransformers(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    let parameters = Parameters(file)
    for golden in file.cases {
      let states = reference.states(golden.input, prompts: parameters.prompts)
      #expect(states.count == golden.states.count)
      for (state, expected) in zip(states, golden.states) {
        #expect(state.rows(golden.rows).difference(from: expected) < 1e-5, "\(golden)")
      }
      guard let mixed = golden.mixed else { continue }
      let own = Self.output(reference, golden, parameters)
      #expect(own.difference(from: mixed) < 1e-5, "\(golden)")
    }
  }

  /// A test that could not fail would show nothing: each part of the prompts matters.
  @Test(arguments: FrozenEncoderTests.tiny)
  func eachPartOfThePromptsMatters(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    let golden = try #require(
      file.cases.first { $0.mixed != nil && $0.input.firstPosition == 0 })
    let last = file.keys.count - 1
    let changes: [(String, (inout ReferenceEncoder.Prompts) -> Void)] = [
      ("no deep prompts", { $0.deep = [] }),
      ("other keys in the last layer", { $0.deep[last].keys = $0.deep[last].keys.map { -$0 } }),
      ("no values in the first", { $0.deep[0].values = $0.deep[0].values.map { _ in 0 } }),
      ("no shapes", { $0.shapes = $0.shapes.map { _ in 0 } }),
      ("other soft rows", { $0.soft = $0.soft.map { -$0 } }),
    ]
    for (change, apply) in changes {
      var prompts = Parameters(file).prompts
      apply(&prompts)
      let hidden = reference.forward(golden.input, prompts: prompts)
      #expect(hidden.difference(from: golden.hidden) > 1e-2, "\(change)")
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func gradientsAgreeWithCentralDifferences(name: String) throws {
    let file = try DeepGolden(name)
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    let parameters = Parameters(file)
    var random = RandomStream(seed: Self.seed, purpose: "entries of " + name)
    for golden in file.cases {
      let upstream = DoubleMatrix(try #require(golden.upstream))
      for (name, gradient) in golden.gradients.sorted(by: { $0.key < $1.key })
      where !name.isEmpty {
        let largest = max(1, DoubleMatrix(gradient).largest)
        for _ in 0..<4 {
          let index = Int.random(in: 0..<gradient.values.count, using: &random)
          func loss(_ step: Double) -> Double {
            upstream.inner(
              Self.output(reference, golden, parameters.moved(name, index, by: step)))
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

    init(_ file: DeepGolden) {
      prompts = ReferenceEncoder.Prompts(file.prompts)
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
        let (layer, place) = index.quotientAndRemainder(
          dividingBy: prompts.deep[0].keys.values.count)
        if name == "keys" {
          moved.prompts.deep[layer].keys.values[place] += step
        } else {
          moved.prompts.deep[layer].values.values[place] += step
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

  // MARK: The encoder

  @Test(arguments: FrozenEncoderTests.tiny)
  func statesAgreeWithTransformers(name: String) throws {
    let file = try DeepGolden(name)
    let encoder = try FrozenEncoder(folder: tinyEncoderFolder(name))
    for golden in file.cases {
      let readout = EncoderReadout(rows: golden.rows, layers: .all)
      var states: [Matrix] = []
      var workspace = EncoderWorkspace()
      encoder.forward(
        golden.input, prompts: file.prompts, readout: readout, states: &states,
        workspace: &workspace)
      #expect(states.count == golden.states.count)
      for (state, expected) in zip(states, golden.states) {
        #expect(Self.gap(state, expected) < 1e-4, "\(golden)")
      }
      var last: [Matrix] = []
      encoder.forward(
        golden.input, prompts: file.prompts,
        readout: EncoderReadout(rows: golden.rows, layers: .last), states: &last,
        workspace: &workspace)
      #expect(last == [states[states.count - 1]], "\(golden)")
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func gradientsAgreeWithPyTorch(name: String) throws {
    let file = try DeepGolden(name)
    let encoder = try FrozenEncoder(folder: tinyEncoderFolder(name))
    for golden in file.cases {
      let gradients = try Self.gradients(encoder, file, golden, prompts: file.prompts)
      try Self.expectDeep(gradients, golden)
      for (name, gradient) in [("soft", gradients.soft), ("shapes", gradients.shapes)] {
        if let expected = golden.gradients[name] {
          #expect(Self.relativeGap(gradient, expected) < 1e-3, "\(golden), \(name)")
        } else {
          #expect(gradient.values.allSatisfy { $0 == 0 }, "\(golden), \(name)")
        }
      }
      try Self.expectInputGradient(encoder, file, golden)
    }
  }

  @Test(.enabled(if: realEncoder != nil, "run tools/fetch-encoder: the real weights are absent"))
  func theDefaultEncoderAgreesWithTransformers() throws {
    let file = try DeepGolden("all-MiniLM-L6-v2")
    let encoder = try FrozenEncoder(folder: #require(realEncoder))
    #expect(file.cases.count == 2)
    for golden in file.cases {
      var states: [Matrix] = []
      var workspace = EncoderWorkspace()
      encoder.forward(
        golden.input, prompts: file.prompts,
        readout: EncoderReadout(rows: golden.rows, layers: .last), states: &states,
        workspace: &workspace)
      #expect(Self.gap(states[0], golden.hidden) < 1e-4, "\(golden)")
      guard golden.upstream != nil else { continue }
      let gradients = try Self.gradients(encoder, file, golden, prompts: file.prompts)
      try Self.expectDeep(gradients, golden)
      try Self.expectInputGradient(encoder, file, golden)
    }
  }

  /// None in the lowest layer, and then as many as one likes: backward ends early, and is right.
  @Test(arguments: FrozenEncoderTests.tiny)
  func layersMayHaveDifferentNumbers(name: String) throws {
    let file = try DeepGolden(name)
    let encoder = try FrozenEncoder(folder: tinyEncoderFolder(name))
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    let golden = file.cases[0]
    var prompts = EncoderPrompts(deep: file.prompts.deep)
    prompts.deep[0] = Attention.Prefix()
    for (layer, prefix) in prompts.deep.enumerated().dropFirst(2) {
      let rows = prefix.keys.columns * layer
      prompts.deep[layer] = Attention.Prefix(
        keys: Matrix(
          rows: layer, columns: prefix.keys.columns, values: Array(prefix.keys.values[..<rows])),
        values: Matrix(
          rows: layer, columns: prefix.keys.columns, values: Array(prefix.values.values[..<rows])))
    }
    let gradients = try Self.gradients(encoder, file, golden, prompts: prompts)
    let upstream = DoubleMatrix(try #require(golden.upstream))
    let exact = ReferenceEncoder.Prompts(prompts)
    var random = RandomStream(seed: Self.seed, purpose: "layers of " + name)
    #expect(gradients.deep[0].count == 0)
    for (layer, gradient) in gradients.deep.enumerated().dropFirst() {
      #expect(gradient.count == prompts.deep[layer].count)
      for (of, own) in [
        (\Reference.Prefix.keys, gradient.keys), (\Reference.Prefix.values, gradient.values),
      ] {
        for _ in 0..<4 {
          let index = Int.random(in: 0..<own.values.count, using: &random)
          func loss(_ step: Double) -> Double {
            var moved = exact
            moved.deep[layer][keyPath: of].values[index] += step
            return upstream.inner(reference.forward(golden.input, prompts: moved))
          }
          let difference = (loss(1e-4) - loss(-1e-4)) / 2e-4
          #expect(
            abs(difference - Double(own.values[index]))
              < 1e-4 * max(1, DoubleMatrix(own).largest),
            "\(name), layer \(layer), \(index), seed \(Self.seed)")
        }
      }
    }
  }

  /// The gradients of the golden loss.
  static func gradients(
    _ encoder: FrozenEncoder, _ file: DeepGolden, _ golden: DeepGolden.Case,
    input: EncoderInput? = nil, prompts: EncoderPrompts
  ) throws -> EncoderPrompts {
    let input = input ?? golden.input
    let upstream = try #require(golden.upstream)
    let isMixed = golden.mixed != nil
    let readout = EncoderReadout(rows: golden.rows, layers: isMixed ? .all : .last)
    var states: [Matrix] = []
    var cache = EncoderCache()
    var workspace = EncoderBackwardWorkspace()
    encoder.forward(
      input, prompts: prompts, readout: readout, states: &states, cache: &cache,
      workspace: &workspace)
    var dStates = [upstream]
    if isMixed {
      let shares = Reference.softmax(file.mixWeights.values.map(Double.init))
      dStates = shares.map { share in
        var scaled = upstream
        scaled.scale(by: Float(share) * file.mixScale)
        return scaled
      }
    }
    var gradients = EncoderPrompts()
    gradients.becomeZeros(like: prompts)
    encoder.backward(
      dStates, readout: readout, input: input, prompts: prompts, cache: cache,
      gradients: &gradients, workspace: &workspace)
    return gradients
  }

  static func expectDeep(_ gradients: EncoderPrompts, _ golden: DeepGolden.Case) throws {
    for (name, of) in [("keys", \Attention.Prefix.keys), ("values", \Attention.Prefix.values)] {
      let expected = try #require(golden.gradients[name])
      let own = Matrix(
        rows: expected.rows, columns: expected.columns,
        values: gradients.deep.flatMap { $0[keyPath: of].values })
      #expect(relativeGap(own, expected) < 1e-3, "\(golden), \(name)")
    }
  }

  /// The gradient of the input rows, by soft rows that stand for all of them.
  static func expectInputGradient(
    _ encoder: FrozenEncoder, _ file: DeepGolden, _ golden: DeepGolden.Case
  ) throws {
    let rows = golden.input.rows
    var prompts = file.prompts
    prompts.soft = Matrix(rows: rows.count, columns: encoder.configuration.hiddenSize)
    for (index, row) in rows.enumerated() {
      let values =
        switch row {
        case .wordpiece(let id): encoder.wordEmbeddings(of: [id]).values
        case .soft(let soft): Array(file.soft.row(soft))
        }
      for (i, value) in values.enumerated() { prompts.soft[index, i] = value }
    }
    var input = EncoderInput(firstPosition: golden.input.firstPosition)
    for sequence in 0..<golden.input.batch.sequenceCount {
      let range = golden.input.batch.rows(of: sequence)
      input.append(
        rows: range.map { .soft($0) }, segments: Array(golden.input.segments[range]),
        shapes: Array(golden.input.shapes[range]))
    }
    let all = try gradients(encoder, file, golden, input: input, prompts: prompts)
    let expected = try #require(golden.gradients[""])
    let own = Matrix(
      rows: golden.rows.count, columns: all.soft.columns,
      values: golden.rows.flatMap { Array(all.soft.row($0)) })
    #expect(relativeGap(own, expected) < 1e-3, "\(golden), input rows")
  }

  /// The largest absolute difference; infinite where shapes differ or a value is not a number.
  static func gap(_ a: Matrix, _ b: Matrix) -> Double {
    guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
    return zip(a.values, b.values).reduce(0) {
      let gap = Double(abs($1.0 - $1.1))
      return gap.isNaN ? .infinity : max($0, gap)
    }
  }

  /// In units of the largest expected value.
  static func relativeGap(_ a: Matrix, _ expected: Matrix) -> Double {
    gap(a, expected) / Double(expected.values.map(abs).max() ?? 0)
  }
}
