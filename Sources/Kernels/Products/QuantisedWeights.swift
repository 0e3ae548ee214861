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
        let row = weight + output * inputs
        var greatest: Float = 0
        for i in 0..<inputs {
          let size = abs(row[i])
          greatest = size > greatest ? size : greatest
        }
        guard greatest > 1e-30 else { continue }
        scales[output] = greatest / 127
        let inverse = 127 / greatest
        var total: Int32 = 0
        for i in 0..<inputs {
          let value = Int32((row[i] * inverse).rounded(.toNearestOrEven))
          values[output * inputs + i] = Int8(truncatingIfNeeded: value)
          total += value
        }
        totals[output] = Float(total) * scales[output]
      }
    }
  }

  /// The weights that the integers stand for, [outputs, inputs].
  var restored: [Float] {
    values.indices.map { Float(values[$0]) * scales[$0 / inputs] }
  }
}
