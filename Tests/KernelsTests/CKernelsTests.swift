import CKernels
import Foundation
import TestSupport
import Testing

@testable import Kernels

/// The loops in C against Foundation in double precision, at every length up to four vectors of
/// sixteen and a remainder.
@Suite struct CKernelsTests {
  static let lengths = Array(0...67)

  static func normal(_ count: Int, deviation: Float = 2, _ purpose: String = "values") -> [Float] {
    var random = RandomStream(seed: 9, purpose: purpose, count)
    return (0..<count).map { _ in random.normal() * deviation }
  }

  @Test(arguments: lengths)
  func sumsAgreeWithDoublePrecision(count: Int) {
    let a = Self.normal(count, "a")
    let b = Self.normal(count, "b")
    func expect(_ value: Float, _ terms: [Double]) {
      // The rounding of a sum is bounded by the sum of absolute terms.
      let bound = 1e-6 * (terms.reduce(0) { $0 + abs($1) } + 1e-3)
      #expect(abs(Double(value) - terms.reduce(0, +)) <= bound, "seed 9, \(count) values")
    }
    expect(enx_dot(a, b, count), a.indices.map { Double(a[$0]) * Double(b[$0]) })
    #expect(enx_max(a, count) == a.max() ?? -.infinity)
  }

  @Test(arguments: lengths.dropFirst())
  func theMaximumIsFoundAnywhereAndSkipsNaN(count: Int) {
    for place in 0..<count {
      var values = Array(repeating: Float(-3), count: count)
      values[place] = -2
      #expect(enx_max(values, count) == -2)
      if count > 1 {
        values[(place + 1) % count] = .nan
        #expect(enx_max(values, count) == -2)
      }
    }
    #expect(enx_max(Array(repeating: .nan, count: count), count) == -.infinity)
    #expect(enx_max(Array(repeating: -.infinity, count: count), count) == -.infinity)
  }

  @Test func exponentialsAreRightToTwoParts() {
    // −87 to 88 in steps that are no multiples of anything.
    let x = (0..<175_000).map { Float(-87 + Double($0) * 0.001 + 1e-5) }
    var y = x
    _ = enx_exp_sum(x, 0, &y, x.count)
    var worst = 0.0
    for (x, y) in zip(x, y) { worst = max(worst, abs(Double(y) / exp(Double(x)) - 1)) }
    #expect(worst < 2e-7)
    // As softmax calls it, with the largest exponent at 0.
    let sum = enx_exp_sum(x, 88, &y, x.count)
    #expect(abs(Double(sum) / x.reduce(0.0) { $0 + exp(Double($1) - 88) } - 1) < 1e-5)
  }

  @Test func exponentialsAtTheEndsOfTheRange() {
    let x: [Float] = [
      .nan, .infinity, -.infinity, 100, -100, 0, -0.0, 88.7, -87.5, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    // In the vector loop and in the remainder alike.
    for padding in [0, 3, 4, 20, 50] {
      let input = x + Array(repeating: 0, count: padding)
      var y = input
      _ = enx_exp_sum(input, 0, &y, input.count)
      #expect(y[0].isNaN)
      #expect(y[1] == .infinity && y[3] == .infinity && y[9] == .infinity)
      #expect(y[2] == 0 && y[4] == 0 && y[10] == 0)
      #expect(y[5] == 1 && y[6] == 1 && y[11] == 1)
      #expect(abs(Double(y[7]) / exp(Double(x[7])) - 1) < 1e-6)
      #expect(abs(Double(y[8]) / exp(Double(x[8])) - 1) < 1e-6)
    }
  }

  @Test(arguments: lengths)
  func exponentialsReturnTheirSum(count: Int) {
    let x = Self.normal(count)
    var y = x
    let sum = enx_exp_sum(x, 0.5, &y, count)
    let expected = x.map { exp(Double($0) - 0.5) }
    #expect(zip(y, expected).allSatisfy { abs(Double($0) / $1 - 1) < 5e-7 })
    let total = expected.reduce(0, +)
    #expect(abs(Double(sum) - total) <= 1e-6 * total)
  }

  static let step = 1e-5

  /// f and f′ of an activation.
  static func exact(_ kind: Activation, _ x: Float) -> (value: Double, slope: Double) {
    let x = Double(x)
    let value = Reference.activation(kind, x)
    guard kind != .geluTanh else {
      let above = Reference.activation(kind, x + step)
      return (value, (above - Reference.activation(kind, x - step)) / (2 * step))
    }
    let phi = 0.5 * (1 + erf(x / 2.0.squareRoot()))
    return (value, phi + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot())
  }

  static func forward(_ kind: Activation, _ x: [Float]) -> [Float] {
    var y = x.map { _ in Float(7) }
    kind == .gelu ? enx_gelu(x, &y, x.count) : enx_gelu_tanh(x, &y, x.count)
    return y
  }

  static func backward(_ kind: Activation, _ x: [Float], _ dy: [Float]) -> [Float] {
    var dx = x.map { _ in Float(7) }
    if kind == .gelu {
      enx_gelu_backward(x, dy, &dx, x.count)
    } else {
      enx_gelu_tanh_backward(x, dy, &dx, x.count)
    }
    return dx
  }

  @Test(arguments: [Activation.gelu, .geluTanh])
  func geluIsRightOverAWideRange(kind: Activation) {
    let x =
      (-100_000...100_000).map { Float($0) * 1e-4 } + [-100, 100, -50, 50, 1e-20, -1e-20, 0, 1e4]
    let y = Self.forward(kind, x)
    let dx = Self.backward(kind, x, x.map { _ in 1 })
    var worst = (value: 0.0, slope: 0.0)
    for index in x.indices {
      let exact = Self.exact(kind, x[index])
      let scale = max(1, abs(Double(x[index])))
      worst.value = max(worst.value, abs(Double(y[index]) - exact.value) / scale)
      worst.slope = max(worst.slope, abs(Double(dx[index]) - exact.slope))
    }
    // The polynomial's 6e-8, what is left beyond it, and the rounding of float32.
    #expect(worst.value < 3e-7)
    // Where tanh is near ±1, 1 − tanh² has lost digits, and is multiplied by up to 10.
    #expect(worst.slope < (kind == .gelu ? 1e-6 : 2.5e-6))
    #expect(y[200_001] == 0 && y[200_002] == 100)
    #expect(dx[200_001] == 0 && dx[200_002] == 1)
  }

  @Test(arguments: [Activation.gelu, .geluTanh])
  func geluLetsNaNThrough(kind: Activation) {
    let x: [Float] = [.nan, 1, .infinity]
    let y = Self.forward(kind, x)
    #expect(y[0].isNaN && y[1].isFinite && y[2] == .infinity)
    #expect(Self.backward(kind, x, [1, 1, 1])[0].isNaN)
    #expect(Self.backward(kind, [0, 1], [.nan, 1])[0].isNaN)
  }

  /// Input and output may be one array: the same numbers come, and none beyond the last is touched.
  @Test(arguments: lengths)
  func inPlaceEqualsOutOfPlace(count: Int) {
    let x = Self.normal(count, "x")
    let dy = Self.normal(count, "dy")
    for kind in [Activation.gelu, .geluTanh] {
      var values = x + [42]
      values.withUnsafeMutableBufferPointer { buffer in
        guard let pointer = buffer.baseAddress else { return }
        kind == .gelu
          ? enx_gelu(pointer, pointer, count) : enx_gelu_tanh(pointer, pointer, count)
      }
      #expect(values == Self.forward(kind, x) + [42])

      values = dy + [42]
      values.withUnsafeMutableBufferPointer { buffer in
        guard let pointer = buffer.baseAddress else { return }
        if kind == .gelu {
          enx_gelu_backward(x, pointer, pointer, count)
        } else {
          enx_gelu_tanh_backward(x, pointer, pointer, count)
        }
      }
      #expect(values == Self.backward(kind, x, dy) + [42])
    }
    var (outside, inside) = (x + [42], x + [42])
    let sum = enx_exp_sum(x, 1, &outside, count)
    let other = inside.withUnsafeMutableBufferPointer { buffer -> Float in
      guard let pointer = buffer.baseAddress else { return .nan }
      return enx_exp_sum(pointer, 1, pointer, count)
    }
    #expect(outside == inside && sum == other && inside.last == 42)
  }
}
