import Encoders
import Kernels
import TestSupport
import Testing

/// The whole encoder against a double precision one: values, and the gradient of soft rows through
/// every frozen layer by central differences.
@Suite struct FrozenEncoderGradientTests {
  static let seed: UInt64 = 31

  /// Soft rows in every place: first, last, side by side, one of them twice, and a sequence of
  /// nothing else.
  static let sequences: [[InputRow]] = [
    [.wordpiece(2), .soft(0), .soft(2), .wordpiece(7), .wordpiece(3)],
    [.soft(2)],
    [.wordpiece(3)],
    [.soft(1), .wordpiece(2), .wordpiece(9), .soft(1), .wordpiece(11), .soft(0)],
  ]

  static var input: EncoderInput {
    var input = EncoderInput()
    for rows in sequences {
      input.append(rows: rows, segments: rows.indices.map { UInt8($0 / 3 % 2) })
    }
    return input
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func theReferenceAgreesWithTransformers(name: String) throws {
    let reference = try ReferenceEncoder(folder: tinyEncoderFolder(name))
    for golden in try FrozenEncoderTests.cases(name) {
      let hidden = reference.forward(golden.input, softRows: DoubleMatrix(Matrix()))
      let float = Matrix(
        rows: hidden.rows, columns: hidden.columns, values: hidden.values.map { Float($0) })
      #expect(
        FrozenEncoderTests.difference(float, rows: golden.rows, from: golden.hidden) < 1e-5)
    }
  }

  @Test(arguments: FrozenEncoderTests.tiny)
  func softRowsAgreeWithTheirReference(name: String) throws {
    let folder = tinyEncoderFolder(name)
    let encoder = try FrozenEncoder(folder: folder)
    let reference = try ReferenceEncoder(folder: folder)
    let columns = encoder.configuration.hiddenSize
    let input = Self.input
    var random = RandomStream(seed: Self.seed, purpose: "soft rows")
    let soft = Matrix.normal(rows: 4, columns: columns, deviation: 0.3, using: &random)
    let upstream = Matrix.normal(
      rows: input.rows.count, columns: columns, deviation: 1, using: &random)

    var cache = EncoderCache()
    var workspace = EncoderBackwardWorkspace()
    let prompts = EncoderPrompts(soft: soft)
    let readout = EncoderReadout(rows: Array(input.rows.indices), layers: .last)
    var states: [Matrix] = []
    encoder.forward(
      input, prompts: prompts, readout: readout, states: &states, cache: &cache,
      workspace: &workspace)
    #expect(states == [cache.hidden])
    var gradients = EncoderPrompts()
    gradients.becomeZeros(like: prompts)
    encoder.backward(
      [upstream], readout: readout, input: input, prompts: prompts, cache: cache,
      gradients: &gradients, workspace: &workspace)
    let gradient = gradients.soft

    let exact = DoubleMatrix(soft)
    let value = reference.forward(input, softRows: exact).difference(from: cache.hidden)
    #expect(value < 5e-6, "seed \(Self.seed)")
    let difference = centralDifferences(at: exact, upstream: DoubleMatrix(upstream)) {
      reference.forward(input, softRows: $0)
    }.difference(from: gradient)
    #expect(difference < 2e-5, "seed \(Self.seed)")
    // Row 3 stands nowhere.
    #expect(gradient.row(3).allSatisfy { $0 == 0 })
    #expect(gradient.row(0).contains { abs($0) > 1e-3 })
  }
}
