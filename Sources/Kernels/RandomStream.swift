import Foundation

/// A seeded random generator (SplitMix64: Steele, Lea and Flood 2014, figure 17).
///
/// A stream is named by what it is for, so nothing needs to be stored to continue one: the numbers
/// of epoch 3 are those of epoch 3 whether or not the run was interrupted before.
package struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64
  private var spareNormal: Double?

  /// - Parameters:
  ///   - seed: the user's seed.
  ///   - purpose: what the numbers are for; other words give unrelated numbers.
  ///   - counters: where in the run they are drawn, say epoch and step.
  package init(seed: UInt64, purpose: String, _ counters: Int...) {
    state = seed
    for byte in purpose.utf8 { absorb(UInt64(byte)) }
    for counter in counters { absorb(UInt64(bitPattern: Int64(counter))) }
  }

  private mutating func absorb(_ value: UInt64) {
    state ^= value &* 0x9E37_79B9_7F4A_7C15
    state = next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Leaves numbers out.
  ///
  /// - Returns: the state that they were made from.
  mutating func skip(_ count: Int) -> UInt64 {
    defer { state &+= UInt64(count) &* 0x9E37_79B9_7F4A_7C15 }
    return state
  }

  /// Uniform in [0, 1), 24 bits.
  package mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// Standard normal (Box and Muller 1958).
  package mutating func normal() -> Float {
    if let spare = spareNormal {
      spareNormal = nil
      return Float(spare)
    }
    let first = (Double(next() >> 11) + 1) * 0x1p-53
    let second = Double(next() >> 11) * 0x1p-53
    let radius = (-2 * log(first)).squareRoot()
    spareNormal = radius * sin(2 * .pi * second)
    return Float(radius * cos(2 * .pi * second))
  }
}

extension Matrix {
  /// Values from N(0, deviation²).
  package static func normal(
    rows: Int, columns: Int, deviation: Float, using random: inout RandomStream
  ) -> Matrix {
    let values = (0..<rows * columns).map { _ in random.normal() * deviation }
    return Matrix(rows: rows, columns: columns, values: values)
  }

  /// Values uniform in [−bound, bound).
  package static func uniform(
    rows: Int, columns: Int, bound: Float, using random: inout RandomStream
  ) -> Matrix {
    let values = (0..<rows * columns).map { _ in (2 * random.uniform() - 1) * bound }
    return Matrix(rows: rows, columns: columns, values: values)
  }
}
