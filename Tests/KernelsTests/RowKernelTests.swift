import CKernels
import TestSupport
import Testing

@testable import Kernels

/// What lies between products: conversions of rows, against the same in Double.
@Suite struct RowKernelTests {
  static let lengths = [1, 2, 15, 16, 17, 31, 32, 33, 100, 384]

  private func row(_ count: Int, deviation: Float = 1) -> [Float] {
    LayerCases.normal("row of \(count)", [(1, count)], deviation: deviation)[0].values
  }

  @Test func bf16IsTheNearest() {
    let special: [Float] = [
      0, -0, 1, -1, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
      1 + 0x1p-8, 1 + 0x1.8p-7, 1 + 0x1p-9, 3.14159,
    ]
    for x in [special] + Self.lengths.map({ row($0) }) {
      var y = [UInt16](repeating: 0, count: x.count)
      enx_to_bf16(x, &y, x.count)
      for (value, bits) in zip(x, y) {
        let rounded = Float(bitPattern: UInt32(bits) << 16)
        guard value.isFinite, abs(value) < 3e38 else {
          #expect(rounded.isInfinite && rounded.sign == value.sign)
          continue
        }
        // Eight bits of fraction, one of them not stored; ties to even.
        #expect(abs(rounded - value) <= abs(value) * 0x1p-8 || abs(value) < 1e-37)
      }
    }
    var tie: [UInt16] = [0, 0]
    enx_to_bf16([Float(1 + 0x1p-8), Float(1 + 0x1.8p-7 + 0x1p-8 - 0x1p-8)], &tie, 2)
    #expect(tie[0] == 0x3f80)
    var nothing: [UInt16] = [0]
    enx_to_bf16([Float.nan], &nothing, 1)
    #expect(Float(bitPattern: UInt32(nothing[0]) << 16).isNaN)
  }

  @Test func bytesStandForTheRow() {
    for count in Self.lengths {
      for x in [
        row(count), row(count, deviation: 1e-4), row(count).map { abs($0) },
        row(count).map { -abs($0) }, [Float](repeating: 0, count: count),
      ] {
        var y = [UInt8](repeating: 0, count: count)
        var (scale, zero) = (Float(0), Int32(0))
        enx_to_u8(x, &y, count, &scale, &zero)
        #expect(scale > 0 && (0...255).contains(zero))
        for (value, byte) in zip(x, y) {
          #expect(abs((Float(byte) - Float(zero)) * scale - value) <= scale * 1.01)
        }
        #expect(zip(x, y).allSatisfy { $0 != 0 || Int32($1) == zero }, "zero stays zero")
      }
    }
  }

  @Test func sumsBecomeNumbersAgain() {
    for count in Self.lengths {
      let (bias, scales) = (row(count), row(count).map { abs($0) + 0.1 })
      let totals = row(count, deviation: 50)
      let sums = (0..<count).map { Int32($0 * 7919 % 100_003) - 50_000 }
      var y = [Float](repeating: 0, count: count)
      enx_from_s32(sums, 0.02, 130, scales, totals, bias, &y, count)
      for i in 0..<count {
        let exact =
          (Double(sums[i]) * Double(scales[i]) - 130 * Double(totals[i])) * Double(Float(0.02))
          + Double(bias[i])
        #expect(abs(Double(y[i]) - exact) < 1e-6 * max(1, abs(exact)) + 1e-3)
      }
    }
  }

  @Test func rowsAreNormalised() {
    for count in Self.lengths where count > 1 {
      let (x, gain, bias) = (row(count, deviation: 3), row(count), row(count, deviation: 2))
      var y = x
      enx_normalise(&y, gain, bias, 1e-5, count)
      let mean = x.reduce(0) { $0 + Double($1) } / Double(count)
      let variance = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
      for i in 0..<count {
        let exact =
          (Double(x[i]) - mean) / (variance + 1e-5).squareRoot() * Double(gain[i]) + Double(bias[i])
        #expect(abs(Double(y[i]) - exact) < 1e-5)
      }
    }
  }

  /// What stands between two products in one pass is what the parts give one after another.
  @Test func geluOfSumsIsGeluOfWhatTheyStandFor() {
    for count in Self.lengths {
      let (x, bias) = (row(count, deviation: 3), row(count))
      var (before, y) = ([Float](repeating: 7, count: count), [Float](repeating: 7, count: count))
      enx_gelu_of_sums(x, bias, &before, &y, count)
      #expect(before == zip(x, bias).map { $0 + $1 })
      var expected = before
      enx_gelu(before, &expected, count)
      #expect(y == expected)

      var halves = [UInt16](repeating: 7, count: count)
      enx_gelu_of_sums_to_bf16(x, bias, &before, &halves, count)
      #expect(before == zip(x, bias).map { $0 + $1 })
      for (x, bits) in zip(before, halves) {
        let exact = Reference.activation(.gelu, Double(x))
        let rounded = Double(Float(bitPattern: UInt32(bits) << 16))
        // The nearest bf16, and what Φ may be off.
        #expect(abs(rounded - exact) < abs(exact) * 0x1p-8 + 5e-5 * max(1, abs(Double(x))))
      }
    }
  }

  @Test func geluOfIntegersIsGeluOfWhatTheyStandFor() {
    for count in Self.lengths {
      let (bias, scales) = (row(count), row(count).map { abs($0) + 0.1 })
      let totals = row(count, deviation: 5)
      let sums = (0..<count).map { Int32($0 * 7919 % 301) - 150 }
      var (x, before, y) = (bias, bias, bias)
      enx_from_s32(sums, 0.02, 13, scales, totals, bias, &x, count)
      enx_gelu_of_s32(sums, 0.02, 13, scales, totals, bias, &before, &y, count)
      for i in 0..<count {
        #expect(abs(before[i] - x[i]) < 1e-5 * max(1, abs(x[i])))
        let exact = Reference.activation(.gelu, Double(x[i]))
        #expect(abs(Double(y[i]) - exact) < 6e-5 * max(1, abs(Double(x[i]))))
      }
      // Where nobody needs what was before, both are one.
      before.withUnsafeMutableBufferPointer { one in
        guard let one = one.baseAddress else { return }
        enx_gelu_of_s32(sums, 0.02, 13, scales, totals, bias, one, one, count)
      }
      #expect(before == y)
    }
  }

  @Test func geluBetweenProductsLetsNaNThrough() {
    let (x, zeros) = ([Float.nan, 9, -9], [Float](repeating: 0, count: 3))
    var (before, y, halves) = (zeros, zeros, [UInt16](repeating: 0, count: 3))
    enx_gelu_of_sums(x, zeros, &before, &y, 3)
    #expect(y[0].isNaN && y[1] == 9 && y[2] == 0)
    enx_gelu_of_sums_to_bf16(x, zeros, &before, &halves, 3)
    #expect(Float(bitPattern: UInt32(halves[0]) << 16).isNaN)
    #expect(halves[1] == 0x4110 && halves[2] == 0)
  }

  @Test func sumsAreNormalisedWithWhatIsCarried() {
    for count in Self.lengths where count > 1 {
      let (sums, bias, residual) = (row(count, deviation: 3), row(count), row(count, deviation: 2))
      let (gain, normBias) = (row(count, deviation: 0.5), row(count, deviation: 0.2))
      var expected = sums.indices.map { sums[$0] + bias[$0] + residual[$0] }
      enx_normalise(&expected, gain, normBias, 1e-5, count)
      var y = residual
      y.withUnsafeMutableBufferPointer { y in
        guard let y = y.baseAddress else { return }
        enx_normalise_sums(sums, bias, y, gain, normBias, 1e-5, y, count)
      }
      #expect(zip(y, expected).allSatisfy { abs($0 - $1) < 1e-5 })

      let integers = (0..<count).map { Int32($0 * 7919 % 301) - 150 }
      let (scales, totals) = (row(count).map { abs($0) + 0.1 }, row(count, deviation: 5))
      var x = bias
      enx_from_s32(integers, 0.02, 13, scales, totals, bias, &x, count)
      expected = x.indices.map { x[$0] + residual[$0] }
      enx_normalise(&expected, gain, normBias, 1e-5, count)
      enx_normalise_s32(
        integers, 0.02, 13, scales, totals, bias, residual, gain, normBias, 1e-5, &y, count)
      #expect(zip(y, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func packedColumnsAreTheRowsTurned() {
    for (rows, size) in [(1, 1), (5, 3), (16, 16), (17, 32), (33, 37), (100, 64)] {
      let stride = size + 5
      let x = row(rows * stride)
      let padded = (rows + 15) / 16 * 16
      var packed = [Float](repeating: .nan, count: size * padded)
      enx_pack_columns(x, stride, rows, size, &packed)
      for i in 0..<size {
        for j in 0..<padded {
          #expect(packed[i * padded + j] == (j < rows ? x[j * stride + i] : 0))
        }
      }
    }
  }
}
