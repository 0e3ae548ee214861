import Encoders
import Foundation
import Kernels
import TestSupport
import Testing

/// The encoder against golden values of `transformers` (tools/golden/encoder.py).
@Suite struct FrozenEncoderTests {
  static let tiny = ["tiny-uncased-gelu", "tiny-cased-gelu-new"]

  /// One golden case.
  struct Case {
    var input = EncoderInput()
    var rows: [Int] = []
    var hidden: FrozenTensor
    var upstream: FrozenTensor?
    var gradient: FrozenTensor?
  }

  static func cases(_ name: String) throws -> [Case] {
    let file = try SafetensorsFile(
      mapping: fixture("\(name).golden.safetensors"))
    var cases: [Case] = []
    while file.shape(of: "case\(cases.count).ids") != nil {
      let prefix = "case\(cases.count)."
      func integers(_ name: String) throws -> [Int] {
        try file.tensor(prefix + name).values.map { Int($0) }
      }
      var golden = Case(hidden: try file.tensor(prefix + "hidden"))
      golden.input.append(
        rows: try integers("ids").map { .wordpiece(Int32($0)) },
        segments: try integers("segments").map { UInt8($0) })
      golden.rows = try integers("rows")
      if file.shape(of: prefix + "gradient") != nil {
        golden.upstream = try file.tensor(prefix + "upstream")
        golden.gradient = try file.tensor(prefix + "gradient")
      }
      cases.append(golden)
    }
    return cases
  }

  static func fixture(_ name: String) -> URL {
    (Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")).appendingPathComponent(
      "Fixtures/\(name)")
  }

  /// The largest absolute difference of the golden rows from those of `matrix`.
  static func difference(_ matrix: Matrix, rows: [Int], from golden: FrozenTensor) -> Float {
    let expected = golden.values
    var largest: Float = 0
    for (index, row) in rows.enumerated() {
      for (i, value) in matrix.row(row).enumerated() {
        let gap = abs(value - expected[index * matrix.columns + i])
        largest = gap.isNaN ? .infinity : max(largest, gap)
      }
    }
    return largest
  }

  @Test(arguments: tiny)
  func tinyEncodersAgreeWithTransformers(name: String) throws {
    let encoder = try FrozenEncoder(folder: Self.fixture(name))
    let cases = try Self.cases(name)
    #expect(cases.count >= 4)
    for golden in cases {
      var workspace = EncoderWorkspace()
      encoder.forward(golden.input, prompts: EncoderPrompts(), workspace: &workspace)
      #expect(
        Self.difference(workspace.hidden, rows: golden.rows, from: golden.hidden) < 2e-5)
    }
  }

  @Test(arguments: tiny)
  func gradientsOfTheInputAgreeWithPyTorch(name: String) throws {
    let encoder = try FrozenEncoder(folder: Self.fixture(name))
    var checked = 0
    for golden in try Self.cases(name) {
      guard let upstream = golden.upstream, let expected = golden.gradient else { continue }
      let gradient = Self.inputGradient(encoder, golden, upstream: upstream)
      let largest = expected.values.map(abs).max() ?? 0
      let difference = Self.difference(gradient, rows: golden.rows, from: expected)
      #expect(difference < 1e-4 * max(1, largest))
      checked += 1
    }
    #expect(checked >= 2)
  }

  static func inputGradient(
    _ encoder: FrozenEncoder, _ golden: Case, upstream: FrozenTensor
  ) -> Matrix {
    let columns = encoder.configuration.hiddenSize
    var cache = EncoderCache()
    var workspace = EncoderBackwardWorkspace()
    // A shape that no row has brings backward down to the embedded rows.
    let prompts = EncoderPrompts(shapes: Matrix(rows: 1, columns: columns))
    let readout = EncoderReadout(rows: Array(golden.input.rows.indices), layers: .last)
    var states: [Matrix] = []
    encoder.forward(
      golden.input, prompts: prompts, readout: readout, states: &states, cache: &cache,
      workspace: &workspace)
    var gradient = Matrix(rows: golden.input.rows.count, columns: columns)
    let values = upstream.values
    for (index, row) in golden.rows.enumerated() {
      for i in 0..<columns { gradient[row, i] = values[index * columns + i] }
    }
    var gradients = EncoderPrompts()
    gradients.becomeZeros(like: prompts)
    encoder.backward(
      [gradient], readout: readout, input: golden.input, prompts: prompts, cache: cache,
      gradients: &gradients, workspace: &workspace)
    return workspace.gradient
  }

  @Test(.enabled(if: realEncoder != nil, "run tools/fetch-encoder: the real weights are absent"))
  func theDefaultEncoderAgreesWithTransformers() throws {
    let encoder = try FrozenEncoder(folder: #require(realEncoder))
    let cases = try Self.cases("all-MiniLM-L6-v2")
    #expect(cases.contains { $0.input.rows.count == 512 })
    for golden in cases {
      var workspace = EncoderWorkspace()
      encoder.forward(golden.input, prompts: EncoderPrompts(), workspace: &workspace)
      let difference = Self.difference(
        workspace.hidden, rows: golden.rows, from: golden.hidden)
      #expect(difference < 1e-4, "\(golden.input.rows.count) rows")
      if let upstream = golden.upstream, let expected = golden.gradient {
        let gradient = Self.inputGradient(encoder, golden, upstream: upstream)
        let largest = expected.values.map(abs).max() ?? 0
        #expect(
          Self.difference(gradient, rows: golden.rows, from: expected) < 1e-4 * max(1, largest))
      }
    }
  }

  /// A batch gives what its sequences give alone, and the path with caches gives what the path
  /// without gives.
  @Test(arguments: tiny)
  func batchesAndCachesChangeNothing(name: String) throws {
    let encoder = try FrozenEncoder(folder: Self.fixture(name))
    let columns = encoder.configuration.hiddenSize
    var random = RandomStream(seed: 7, purpose: "soft rows")
    let soft = Matrix.normal(rows: 3, columns: columns, deviation: 0.5, using: &random)
    let sequences: [[InputRow]] = [
      [.wordpiece(2), .soft(0), .soft(2), .wordpiece(7), .wordpiece(3)],
      [.wordpiece(3)],
      [.soft(1), .wordpiece(2), .wordpiece(9), .soft(1), .wordpiece(11), .wordpiece(3)],
    ]
    var together = EncoderInput()
    var alone: [Float] = []
    var workspace = EncoderWorkspace()
    for rows in sequences {
      var input = EncoderInput()
      let segments = rows.indices.map { UInt8($0 / 3 % 2) }
      input.append(rows: rows, segments: segments)
      together.append(rows: rows, segments: segments)
      encoder.forward(input, prompts: EncoderPrompts(soft: soft), workspace: &workspace)
      alone += workspace.hidden.values
    }
    encoder.forward(together, prompts: EncoderPrompts(soft: soft), workspace: &workspace)
    let gaps = zip(alone, workspace.hidden.values).map { abs($0 - $1) }
    #expect((gaps.max() ?? 1) < 1e-5)

    var cache = EncoderCache()
    var backwardWorkspace = EncoderBackwardWorkspace()
    var states: [Matrix] = []
    encoder.forward(
      together, prompts: EncoderPrompts(soft: soft), states: &states, cache: &cache,
      workspace: &backwardWorkspace)
    // The two form a row's mean and variance in another order.
    #expect(
      zip(cache.hidden.values, workspace.hidden.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
