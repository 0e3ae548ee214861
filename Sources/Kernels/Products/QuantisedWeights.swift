import CKernels

/// A matrix of weights as 8-bit integers: of each output the greatest becomes 127 or −127 (symmetric,
/// per channel; Jacob et al. 2018, section 3).
struct QuantisedWeights {
  /// [outputs, inputs].
  private(set) var values: [Int8]
  /// What the integers of each output are multiples of, [outputs].
  private(set) var scales: [Float]
  /// The sum of each output's integers, times its scale; [outputs].
  private(set) var totals: [Float]
  private let inputs: Int

  /// - Parameter weight: [outputs, inputs].
  init(_ weight: UnsafePointer<Float>, outputs: Int, inputs: Int) {
    self.inputs = inputs
    values = [Int8](repeating: 0, count: outputs * inputs)
    scales = [Float](repeating: 1, count: outputs)
    totals = [Float](repeating: 0, count: outputs)
    values.withUnsafeMutableBufferPointer { values in
      for output in 0..<outputs {
        guard let values = values.baseAddress else { return }
        let row = weight + output * inputs
        let greatest = enx_greatest_size(row, inputs)
        guard greatest > 1e-30, greatest.isFinite else { continue }
        scales[output] = greatest / 127
        let total = enx_to_s8(row, 127 / greatest, values + output * inputs, inputs)
        totals[output] = Float(total) * scales[output]
      }
    }
  }

  /// The weights that the integers stand for, [outputs, inputs].
  var restored: [Float] {
    values.indices.map { Float(values[$0]) * scales[$0 / inputs] }
  }
}
