import Encoders
import Kernels
import TestSupport
import Testing

/// Everything that an adapter adds to a pass, alone and together: against the double precision encoder,
/// with dropout against differences of the encoder itself.
@Suite struct EncoderPromptsTests {
  static let seed: UInt64 = 43

  /// What is added.
  struct Kinds: OptionSet, CustomStringConvertible {
    let rawValue: Int
    static let soft = Kinds(rawValue: 1)
    static let deep = Kinds(rawValue: 2)
    static let upperDeep = Kinds(rawValue: 4)
    static let shapes = Kinds(rawValue: 8)
    static let biases = Kinds(rawValue: 16)

    var description: String {
      zip(
        [Kinds.soft, .deep, .upperDeep, .shapes, .biases],
        ["soft", "deep", "upper deep", "shapes", "biases"]
      )
      .filter { contains($0.0) }.map(\.1).joined(separator: " + ")
    }
  }

  static let kinds: [Kinds] = [
    .soft, .deep, .upperDeep, .shapes, .biases, [.biases, .upperDeep], [.biases, .shapes],
    [.soft, .deep, .shapes, .biases],
  ]

  /// An encoder of two layers, what is added to it, and what is asked.
  struct Case {
    let encoder: FrozenEncoder
    let reference: ReferenceEncoder
    let input: EncoderInput
    let prompts: EncoderPrompts
    let rows: [Int]

    /// Rows in an order of their own, one of them twice; and some in order, of which alone the last layer's
    /// output is made.
    static let readings = [[6, 0, 3, 3, 8], [0, 3, 4, 8]]

    init(_ name: String, _ kinds: Kinds, rows: [Int] = readings[0]) throws {
      self.rows = rows
      let folder = tinyEncoderFolder(name)
      let encoder = try FrozenEncoder(folder: folder)
      self.encoder = encoder
      reference = try ReferenceEncoder(folder: folder)
      var random = RandomStream(seed: EncoderPromptsTests.seed, purpose: "prompts")
      let columns = encoder.configuration.hiddenSize
      func normal(_ rows: Int, _ columns: Int) -> Matrix {
        .normal(rows: rows, columns: columns, deviation: 0.3, using: &random)
      }
      var prompts = EncoderPrompts()
      if kinds.contains(.soft) { prompts.soft = normal(3, columns) }
      if kinds.contains(.deep) || kinds.contains(.upperDeep) {
        prompts.deep = (0..<encoder.configuration.layerCount).map { layer in
          let count = layer == 0 ? (kinds.contains(.deep) ? 3 : 0) : 2
          return Attention.Prefix(keys: normal(count, columns), values: normal(count, columns))
        }
      }
      if kinds.contains(.shapes) { prompts.shapes = normal(4, columns) }
      if kinds.contains(.biases) {
        prompts.biases = (0..<encoder.configuration.layerCount).map { _ in
          var biases = LayerBiases(
            hidden: columns, intermediate: encoder.configuration.intermediateSize)
          biases.forEachPart { $0 = normal(1, $0.columns) }
          return biases
        }
      }
      self.prompts = prompts
      let soft = kinds.contains(.soft)
      var input = EncoderInput(firstPosition: kinds.contains(.deep) ? 3 : 0)
      input.append(
        rows: [.wordpiece(2), soft ? .soft(2) : .wordpiece(8), .wordpiece(7), .wordpiece(3)],
        segments: [0, 0, 0, 1], shapes: [0, 1, 3, 0])
      input.append(rows: [.wordpiece(9)], segments: [0], shapes: [1])
      input.append(
        rows: [.wordpiece(2), .wordpiece(11), soft ? .soft(0) : .wordpiece(5), .wordpiece(3)],
        segments: [0, 0, 0, 0])
      self.input = input
    }

    func upstream(_ layers: EncoderReadout.Layers) -> [Matrix] {
      var random = RandomStream(seed: EncoderPromptsTests.seed, purpose: "upstream")
      return (0..<(layers == .all ? encoder.configuration.layerCount + 1 : 1)).map { _ in
        .normal(
          rows: rows.count, columns: encoder.configuration.hiddenSize, deviation: 1,
          using: &random)
      }
    }

    func run(
      _ prompts: EncoderPrompts, _ layers: EncoderReadout.Layers, dropout: EncoderDropout? = nil,
      upstream: [Matrix]? = nil, cache: inout EncoderCache
    ) -> (states: [Matrix], gradients: EncoderPrompts) {
      var workspace = EncoderBackwardWorkspace()
      let readout = EncoderReadout(rows: rows, layers: layers)
      var states: [Matrix] = []
      encoder.forward(
        input, prompts: prompts, readout: readout, dropout: dropout, states: &states,
        cache: &cache, workspace: &workspace)
      var gradients = EncoderPrompts()
      gradients.becomeZeros(like: prompts)
      encoder.backward(
        upstream ?? self.upstream(layers), readout: readout, input: input, prompts: prompts,
        cache: cache, gradients: &gradients, workspace: &workspace)
      return (states, gradients)
    }

    func run(
      _ prompts: EncoderPrompts, _ layers: EncoderReadout.Layers, dropout: EncoderDropout? = nil,
      upstream: [Matrix]? = nil
    ) -> (states: [Matrix], gradients: EncoderPrompts) {
      var cache = EncoderCache()
      return run(prompts, layers, dropout: dropout, upstream: upstream, cache: &cache)
    }
  }

  /// Every matrix of prompts, with its name.
  static func parts(
    _ prompts: EncoderPrompts
  ) -> [(name: String, path: WritableKeyPath<EncoderPrompts, Matrix>)] {
    var parts: [(String, WritableKeyPath<EncoderPrompts, Matrix>)] = []
    if prompts.soft.rows > 0 { parts.append(("soft", \.soft)) }
    if prompts.shapes.rows > 0 { parts.append(("shapes", \.shapes)) }
    for layer in prompts.deep.indices where prompts.deep[layer].count > 0 {
      parts.append(("keys \(layer)", \.deep[layer].keys))
      parts.append(("values \(layer)", \.deep[layer].values))
    }
    for layer in prompts.biases.indices {
      let biases: WritableKeyPath<EncoderPrompts, LayerBiases> = \.biases[layer]
      parts.append(("query \(layer)", biases.appending(path: \.query)))
      parts.append(("key \(layer)", biases.appending(path: \.key)))
      parts.append(("value \(layer)", biases.appending(path: \.value)))
      parts.append(("attention \(layer)", biases.appending(path: \.attention)))
      parts.append(("intermediate \(layer)", biases.appending(path: \.intermediate)))
      parts.append(("output \(layer)", biases.appending(path: \.output)))
    }
    return parts
  }

  /// Moves one value of the reference's prompts, named as above.
  static func move(
    _ prompts: inout ReferenceEncoder.Prompts, _ name: String, _ index: Int, by step: Double
  ) {
    let words = name.split(separator: " ").map(String.init)
    let layer = words.count > 1 ? Int(words[1]) ?? 0 : 0
    switch words[0] {
    case "soft": prompts.soft.values[index] += step
    case "shapes": prompts.shapes.values[index] += step
    case "keys": prompts.deep[layer].keys.values[index] += step
    case "values": prompts.deep[layer].values.values[index] += step
    default:
      guard let part = LayerBiases.parts.firstIndex(where: { $0.name == words[0] }) else {
        Issue.record("no part \(name)")
        return
      }
      prompts.biases[layer][part].values[index] += step
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny, kinds)
  func valuesAndGradientsAgreeWithTheReference(name: String, kinds: Kinds) throws {
    for rows in Case.readings { try agreesWithTheReference(Case(name, kinds, rows: rows), kinds) }
  }

  private func agreesWithTheReference(_ test: Case, _ kinds: Kinds) throws {
    let exact = ReferenceEncoder.Prompts(test.prompts)
    let (states, gradients) = test.run(test.prompts, .all)
    let expected = test.reference.states(test.input, prompts: exact)
    #expect(states.count == expected.count)
    for (state, expected) in zip(states, expected) {
      #expect(expected.rows(test.rows).difference(from: state) < 1e-5, "\(kinds)")
    }
    let upstream = test.upstream(.all).map(DoubleMatrix.init)
    func loss(_ prompts: ReferenceEncoder.Prompts) -> Double {
      zip(upstream, test.reference.states(test.input, prompts: prompts))
        .reduce(0) { $0 + $1.0.inner($1.1.rows(test.rows)) }
    }
    var random = RandomStream(seed: Self.seed, purpose: "entries")
    let parts = Self.parts(test.prompts)
    #expect(!parts.isEmpty)
    for (part, path) in parts {
      let gradient = gradients[keyPath: path]
      let largest = max(1, DoubleMatrix(gradient).largest)
      for _ in 0..<8 {
        let index = Int.random(in: 0..<gradient.count, using: &random)
        func moved(_ step: Double) -> Double {
          var prompts = exact
          Self.move(&prompts, part, index, by: step)
          return loss(prompts)
        }
        let difference = (moved(1e-4) - moved(-1e-4)) / 2e-4
        #expect(
          abs(difference - Double(gradient.values[index])) < 1e-4 * largest,
          "\(kinds), \(part) \(index), seed \(Self.seed)")
      }
    }
  }

  /// A test that could not fail would show nothing.
  @Test func everyPartMatters() throws {
    let test = try Case("tiny-uncased-gelu", [.soft, .deep, .shapes, .biases])
    let whole = test.run(test.prompts, .last).states[0]
    for (part, path) in Self.parts(test.prompts) {
      var prompts = test.prompts
      prompts[keyPath: path].scale(by: -1)
      let gap = DoubleMatrix(whole).difference(from: test.run(prompts, .last).states[0])
      #expect(gap > 1e-4, "\(part)")
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny, kinds)
  func cachesChangeNothing(name: String, kinds: Kinds) throws {
    for rows in Case.readings { try cachesChangeNothing(Case(name, kinds, rows: rows), kinds) }
  }

  private func cachesChangeNothing(_ test: Case, _ kinds: Kinds) throws {
    for layers in [EncoderReadout.Layers.all, .last] {
      var states: [Matrix] = []
      var workspace = EncoderWorkspace()
      test.encoder.forward(
        test.input, prompts: test.prompts, readout: EncoderReadout(rows: test.rows, layers: layers),
        states: &states, workspace: &workspace)
      let cached = test.run(test.prompts, layers).states
      #expect(states.count == cached.count)
      for (state, cached) in zip(states, cached) {
        #expect(DoubleMatrix(state).difference(from: cached) < 1e-6, "\(kinds)")
      }
    }
  }

  @Test(arguments: kinds)
  func theLastLayerIsTheLastOfAll(kinds: Kinds) throws {
    let test = try Case("tiny-uncased-gelu", kinds)
    let upstream = test.upstream(.last)
    let last = test.run(test.prompts, .last, upstream: upstream)
    let zero = Matrix(rows: test.rows.count, columns: upstream[0].columns)
    let all = test.run(
      test.prompts, .all,
      upstream: Array(repeating: zero, count: test.encoder.configuration.layerCount) + upstream)
    #expect(last.states.count == 1)
    #expect(all.states.last == last.states.first)
    #expect(all.gradients == last.gradients)
  }

  // MARK: Dropout

  static func dropout(_ rate: Float) -> EncoderDropout {
    EncoderDropout(rate: rate, random: RandomStream(seed: seed, purpose: "masks"))
  }

  @Test(arguments: kinds)
  func gradientsUnderDropoutAreThoseOfItsMasks(kinds: Kinds) throws {
    for rows in Case.readings {
      try gradientsAreThoseOfTheMasks(Case("tiny-uncased-gelu", kinds, rows: rows), kinds)
    }
  }

  private func gradientsAreThoseOfTheMasks(_ test: Case, _ kinds: Kinds) throws {
    let upstream = test.upstream(.all)
    func loss(_ prompts: EncoderPrompts) -> Double {
      zip(upstream, test.run(prompts, .all, dropout: Self.dropout(0.3)).states)
        .reduce(0) { $0 + DoubleMatrix($1.0).inner(DoubleMatrix($1.1)) }
    }
    let (states, gradients) = test.run(test.prompts, .all, dropout: Self.dropout(0.3))
    #expect(states == test.run(test.prompts, .all, dropout: Self.dropout(0.3)).states)
    #expect(states != test.run(test.prompts, .all).states)
    for (part, path) in Self.parts(test.prompts) {
      // Along the gradient itself, where the slope is its norm.
      let gradient = gradients[keyPath: path].values.map(Double.init)
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // A bias of keys changes no share where nothing but the sequence itself is attended to.
      guard norm > 1e-3 else {
        #expect(part.hasPrefix("key "), "\(kinds), \(part): \(norm)")
        continue
      }
      let plain = [0.08, 0.04, 0.02, 0.01].map { step -> Double in
        func moved(_ step: Double) -> Double {
          var prompts = test.prompts
          for i in gradient.indices {
            prompts[keyPath: path].storage[i] += Float(step * gradient[i] / norm)
          }
          return loss(prompts)
        }
        return (moved(step) - moved(-step)) / (2 * step)
      }
      let refined = zip(plain, plain.dropFirst()).map { wide, narrow in (4 * narrow - wide) / 3 }
      let gap = refined.map { abs($0 - norm) }.min() ?? .infinity
      #expect(gap < 1e-2 * norm + 1e-3, "\(kinds), \(part): \(norm), differences \(refined)")
    }
  }

  @Test func aRateOfZeroIsNone() throws {
    let test = try Case("tiny-uncased-gelu", [.soft, .deep, .shapes, .biases])
    let plain = test.run(test.prompts, .all)
    let zero = test.run(test.prompts, .all, dropout: Self.dropout(0))
    #expect(zero.states == plain.states && zero.gradients == plain.gradients)
    // Nor does a cache remember the masks of the step before.
    var cache = EncoderCache()
    let dropped = test.run(test.prompts, .all, dropout: Self.dropout(0.5), cache: &cache)
    #expect(dropped.gradients != plain.gradients)
    let again = test.run(test.prompts, .all, cache: &cache)
    #expect(again.states == plain.states && again.gradients == plain.gradients)
  }
}
