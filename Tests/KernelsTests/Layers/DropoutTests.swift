import Testing

@testable import Kernels

@Suite struct DropoutTests {
  @Test(arguments: [0.1, 0.5, 0.9] as [Float])
  func keepsTheMean(rate: Float) {
    let seed: UInt64 = 5
    var random = RandomStream(seed: seed, purpose: "dropout")
    let count = 40_000
    var x = Matrix(rows: 200, columns: 200, values: Array(repeating: 1, count: count))
    var cache = Dropout.Cache()
    Dropout.forward(&x, rate: rate, using: &random, cache: &cache)
    let values = Set(x.values)
    #expect(values == [0, 1 / (1 - rate)])
    let mean = x.values.reduce(0.0) { $0 + Double($1) } / Double(count)
    // Four deviations of the mean of as many draws.
    let deviation = (Double(rate) / Double(1 - rate) / Double(count)).squareRoot()
    #expect(abs(mean - 1) < 4 * deviation, "seed \(seed)")
  }

  @Test func theMaskOfTheForwardGoesBack() {
    var random = RandomStream(seed: 6, purpose: "dropout")
    var cache = Dropout.Cache()
    var x = Matrix(rows: 9, columns: 11, values: Array(repeating: 3, count: 99))
    Dropout.forward(&x, rate: 0.5, using: &random, cache: &cache)
    var gradient = Matrix(rows: 9, columns: 11, values: Array(repeating: 3, count: 99))
    Dropout.backward(&gradient, cache: cache)
    #expect(gradient == x)
    #expect(cache.mask.values.contains(0) && cache.mask.values.contains(2))

    // A cache that is used again takes a new mask, of the new shape.
    let first = cache.mask
    Dropout.forward(&x, rate: 0.5, using: &random, cache: &cache)
    #expect(cache.mask != first)
    var smaller = Matrix(rows: 2, columns: 3, values: Array(repeating: 1, count: 6))
    Dropout.forward(&smaller, rate: 0.5, using: &random, cache: &cache)
    #expect(smaller == cache.mask)
  }

  @Test func nothingIsDroppedAtRateZero() {
    var random = RandomStream(seed: 7, purpose: "dropout")
    var cache = Dropout.Cache()
    let x = Matrix.normal(rows: 5, columns: 7, deviation: 1, using: &random)
    var y = x
    Dropout.forward(&y, rate: 0, using: &random, cache: &cache)
    #expect(y == x)
  }

  /// Values are dropped by the stream's numbers, 16 bits each from the lowest, and the stream goes on behind them.
  @Test(arguments: [1, 4, 255, 256, 257, 1000])
  func theMaskIsThatOfTheNumbers(count: Int) {
    var (random, reference) = (
      RandomStream(seed: 8, purpose: "mask"), RandomStream(seed: 8, purpose: "mask")
    )
    var x = Matrix(rows: 1, columns: count, values: Array(repeating: 1, count: count))
    var cache = Dropout.Cache()
    Dropout.forward(&x, rate: 0.25, using: &random, cache: &cache)
    let numbers = (0..<(count + 3) / 4).map { _ in reference.next() }
    let expected = (0..<count).map { i -> Float in
      numbers[i / 4] >> UInt64(16 * (i % 4)) & 0xFFFF < 0x4000 ? 0 : 1 / (1 - 0.25)
    }
    #expect(cache.mask.values == expected)
    #expect(random.next() == reference.next())
  }
}
