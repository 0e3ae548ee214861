import Encoders
import Kernels
import TestSupport
import Testing

/// The encoder in the engines and precisions that this machine has, against golden values in float32 of
/// `transformers`.
@Suite struct PrecisionTests {
  static let arithmetics = ProductEngine.allCases.flatMap { engine in
    Precision.allCases.map { Arithmetic($0, engine: engine) }
  }.filter { $0.shortfall == nil }

  /// How far a hidden state and a gradient may be, in the root of the mean square of the golden one.
  static func allowed(_ precision: Precision) -> (hidden: Float, gradient: Float) {
    switch precision {
    case .float32: (1e-5, 1e-4)
    case .bf16: (0.02, 0.05)
    case .int8: (0.15, 0.2)
    }
  }

  /// ‖difference‖ / ‖golden‖ over the golden rows.
  private func distance(_ matrix: Matrix, rows: [Int], from golden: FrozenTensor) -> Float {
    let expected = golden.values
    var (difference, size): (Float, Float) = (0, 0)
    for (index, row) in rows.enumerated() {
      for (i, value) in matrix.row(row).enumerated() {
        let wanted = expected[index * matrix.columns + i]
        difference += (value - wanted) * (value - wanted)
        size += wanted * wanted
      }
    }
    return (difference / size).squareRoot()
  }

  @Test(
    .enabled(if: realEncoder != nil, "run tools/fetch-encoder: the real weights are absent"),
    arguments: arithmetics)
  func theDefaultEncoderStaysNear(arithmetic: Arithmetic) throws {
    let encoder = try FrozenEncoder(folder: #require(realEncoder), arithmetic: arithmetic)
    #expect(encoder.arithmetic == arithmetic)
    let allowed = Self.allowed(arithmetic.precision)
    for golden in try FrozenEncoderTests.cases("all-MiniLM-L6-v2") {
      let count = golden.input.rows.count
      var workspace = EncoderWorkspace()
      encoder.forward(golden.input, prompts: EncoderPrompts(), workspace: &workspace)
      let hidden = distance(workspace.hidden, rows: golden.rows, from: golden.hidden)
      #expect(hidden < allowed.hidden, "\(arithmetic.text), \(count) rows")
      guard let upstream = golden.upstream, let expected = golden.gradient else { continue }
      let gradient = FrozenEncoderTests.inputGradient(encoder, golden, upstream: upstream)
      let slope = distance(gradient, rows: golden.rows, from: expected)
      #expect(slope < allowed.gradient, "\(arithmetic.text), gradient of \(count) rows")
    }
  }

  /// Long and short sequences give the same alone and together, at any precision.
  @Test(arguments: arithmetics, FrozenEncoderTests.tiny)
  func batchesChangeLittle(arithmetic: Arithmetic, name: String) throws {
    let encoder = try FrozenEncoder(
      folder: tinyEncoderFolder(name), arithmetic: arithmetic, trains: false)
    let lengths = [1, 33, 7, 20]
    var together = EncoderInput()
    var alone: [Float] = []
    var workspace = EncoderWorkspace()
    for length in lengths {
      let rows = (0..<length).map { InputRow.wordpiece(Int32($0 % 11 + 1)) }
      let segments = [UInt8](repeating: 0, count: length)
      var input = EncoderInput()
      input.append(rows: rows, segments: segments)
      together.append(rows: rows, segments: segments)
      encoder.forward(input, prompts: EncoderPrompts(), workspace: &workspace)
      alone += workspace.hidden.values
    }
    encoder.forward(together, prompts: EncoderPrompts(), workspace: &workspace)
    let largest = zip(alone, workspace.hidden.values).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest < (arithmetic.precision == .float32 ? 1e-5 : 0.05), "\(arithmetic.text)")
  }
}
