import Synchronization
import Testing

@testable import Kernels

@Suite struct ParallelTests {
  @Test func rangesCoverEverythingInOrder() {
    let seed: UInt64 = 11
    var random = RandomStream(seed: seed, purpose: "weights")
    for round in 0..<2000 {
      let count = Int.random(in: 0...40, using: &random)
      let heaviest = Int.random(in: 1...600, using: &random)
      let weights = (0..<count).map { _ in Int.random(in: 1...heaviest, using: &random) }
      let parts = Int.random(in: 0...9, using: &random)
      let ranges = Parallel.ranges(ofWeights: weights, parts: parts)
      let place: Comment = "seed \(seed), round \(round): \(weights) in \(parts)"
      #expect(ranges.flatMap(Array.init) == Array(0..<count), place)
      #expect(ranges.count <= max(1, parts) && ranges.count <= count, place)
      #expect(ranges.allSatisfy { !$0.isEmpty }, place)
      // Cutting at whole items costs each part half an item, and what parts before it left over.
      let total = weights.reduce(0, +)
      let limit = total / max(1, parts) + 2 * (weights.max() ?? 0) + 2
      #expect(ranges.allSatisfy { weights[$0].reduce(0, +) <= limit }, place)
    }
  }

  @Test func sharesHoldEverythingAndAreAboutEqual() {
    let seed: UInt64 = 12
    var random = RandomStream(seed: seed, purpose: "weights")
    for round in 0..<2000 {
      let weights = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Int.random(in: 1...100, using: &random)
      }
      let parts = Int.random(in: 1...9, using: &random)
      let shares = Parallel.shares(ofWeights: weights, parts: parts)
      let place: Comment = "seed \(seed), round \(round): \(weights) in \(parts)"
      #expect(shares.count == parts && shares.allSatisfy { $0 == $0.sorted() }, place)
      #expect(shares.flatMap { $0 }.sorted() == Array(weights.indices), place)
      // The last item that the heaviest part was given went to the lightest there was.
      let sums = shares.map { $0.reduce(0) { $0 + weights[$1] } }
      let heaviest = weights.max() ?? 0
      #expect((sums.max() ?? 0) - (sums.min() ?? 0) <= heaviest, place)
    }
  }

  @Test(arguments: [0, 1, 5, 1000, 1001])
  func rangesOfNumbersCoverThemOnce(count: Int) {
    for threads in 1...4 {
      let seen = Mutex([Int](repeating: 0, count: count))
      Parallel.forEachRange(of: count, threads: threads, smallest: 3) { range in
        seen.withLock { for number in range { $0[number] += 1 } }
      }
      #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func equalWeightsAreDealtOutEvenly() {
    for count in 1...40 {
      for parts in 1...9 {
        for weight in [1, 7, 128] {
          let weights = Array(repeating: weight, count: count)
          let sizes = Parallel.ranges(ofWeights: weights, parts: parts).map(\.count)
          #expect(sizes.count == min(count, parts), "\(count) of \(weight) in \(parts)")
          #expect(
            (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(count) of \(weight) in \(parts)")
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 7, 64])
  func forEachGivesEachPartItsOwnState(count: Int) {
    var states = (0..<count).map { [$0] }
    Parallel.forEach(&states) { index, state in
      for _ in 0..<100 { state.append(index) }
    }
    #expect(states == (0..<count).map { Array(repeating: $0, count: 101) })
  }

  private struct Odd: Error, Equatable { var item: Int }

  @Test(arguments: [1, 2, 5])
  func mapKeepsTheOrderAndTheFirstFailure(threads: Int) throws {
    let items = Array(0..<100)
    let doubled = Parallel.map(items, threads: threads, weight: { $0 }) { 2 * $0 }
    #expect(doubled == items.map { 2 * $0 })
    #expect(Parallel.map([Int](), threads: threads, weight: { $0 }) { $0 }.isEmpty)
    #expect(throws: Odd(item: 7)) {
      try Parallel.map(items, threads: threads, weight: { $0 }) { item throws(Odd) in
        if item % 40 == 7 { throw Odd(item: item) }
        return item
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func threadsTakeTheNextThatIsLeft(threads: Int) {
    var states = Array(repeating: 0, count: threads)
    let doubled = Parallel.mapNext(count: 1000, states: &states) { number, taken in
      taken += 1
      return 2 * number
    }
    #expect(doubled == (0..<1000).map { 2 * $0 })
    #expect(states.reduce(0, +) == 1000)
    #expect(Parallel.mapNext(count: 0, states: &states) { number, _ in number }.isEmpty)
    #expect(throws: Odd(item: 7)) {
      try Parallel.mapNext(count: 100, states: &states) { number, _ throws(Odd) in
        if number % 40 == 7 { throw Odd(item: number) }
        return number
      }
    }
  }

  @Test func thereIsAThread() { #expect(Parallel.availableThreads >= 1) }
}
