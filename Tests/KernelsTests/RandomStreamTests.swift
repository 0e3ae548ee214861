import Foundation
import Testing

@testable import Kernels

@Suite struct RandomStreamTests {
  /// The first outputs of SplitMix64 from seeds 0 and 1234567, as published with the algorithm's
  /// implementations (Vigna's splitmix64.c).
  @Test func isSplitMix64() {
    var zero = RandomStream(seed: 0, purpose: "")
    #expect(
      (0..<3).map { _ in zero.next() } == [
        0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F,
      ])
    var other = RandomStream(seed: 1_234_567, purpose: "")
    #expect(
      (0..<5).map { _ in other.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  static func draw(_ stream: RandomStream, _ count: Int) -> [UInt64] {
    var stream = stream
    return (0..<count).map { _ in stream.next() }
  }

  @Test func purposesSeedsAndCountersGiveOtherNumbers() {
    let streams = [
      RandomStream(seed: 1, purpose: "a"), RandomStream(seed: 2, purpose: "a"),
      RandomStream(seed: 1, purpose: "b"), RandomStream(seed: 1, purpose: "ab"),
      RandomStream(seed: 1, purpose: "ba"), RandomStream(seed: 1, purpose: "a", 0),
      RandomStream(seed: 1, purpose: "a", 1), RandomStream(seed: 1, purpose: "a", 1, 2),
      RandomStream(seed: 1, purpose: "a", 2, 1), RandomStream(seed: 1, purpose: "a", -1),
    ]
    let drawn = streams.map { Self.draw($0, 200) }
    #expect(Set(drawn.joined()).count == 200 * streams.count)
    #expect(Self.draw(streams[7], 200) == drawn[7])
  }

  /// Two streams that differ in purpose alone are uncorrelated.
  @Test func purposesAreIndependent() {
    let count = 20_000
    var a = RandomStream(seed: 3, purpose: "dropout", 1)
    var b = RandomStream(seed: 3, purpose: "dropout", 2)
    let correlation =
      (0..<count).reduce(0.0) { sum, _ in sum + Double(a.normal()) * Double(b.normal()) }
      / Double(count)
    #expect(abs(correlation) < 4 / Double(count).squareRoot(), "seed 3")
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    let count = 50_000
    var random = RandomStream(seed: 4, purpose: "uniform")
    var bins = [Int](repeating: 0, count: 20)
    let values = (0..<count).map { _ in random.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    for value in values { bins[Int(value * 20)] += 1 }
    let expected = Double(count) / 20
    let chiSquare = bins.reduce(0.0) { $0 + pow(Double($1) - expected, 2) / expected }
    // 19 degrees of freedom: 43.8 is passed once in a thousand seeds.
    #expect(chiSquare < 43.8, "seed 4")
  }

  @Test func normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    let count = 100_000
    var random = RandomStream(seed: 5, purpose: "normal")
    let values = (0..<count).map { _ in Double(random.normal()) }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
    }
    // Within four deviations: those of the means of x, x², x³ and x⁴ are √1, √2, √15 and √96 / √n.
    let unit = 4 / Double(count).squareRoot()
    #expect(abs(moment(1)) < unit, "seed 5")
    #expect(abs(moment(2) - 1) < unit * 2.0.squareRoot(), "seed 5")
    #expect(abs(moment(3)) < unit * 15.0.squareRoot(), "seed 5")
    #expect(abs(moment(4) - 3) < unit * 96.0.squareRoot(), "seed 5")
    let beyond = Double(values.count { abs($0) > 1.959964 }) / Double(count)
    #expect(abs(beyond - 0.05) < unit * 0.218, "seed 5")
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test func matricesHaveTheStatedSpread() {
    var random = RandomStream(seed: 6, purpose: "matrices")
    let normal = Matrix.normal(rows: 100, columns: 100, deviation: 0.05, using: &random)
    let squares = normal.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs((squares / 1e4).squareRoot() / 0.05 - 1) < 0.03)
    let uniform = Matrix.uniform(rows: 100, columns: 100, bound: 0.25, using: &random).values
    #expect(uniform.allSatisfy { $0 >= -0.25 && $0 < 0.25 })
    #expect((uniform.max() ?? 0) > 0.249 && (uniform.min() ?? 0) < -0.249)
  }
}
