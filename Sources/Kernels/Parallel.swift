import Dispatch
import Foundation
import Synchronization

/// The one owner of parallelism: work is split over sequences, or what is done to each of many values over
/// these; each part runs on a thread of its own from end to end, and no product inside it starts threads.
package enum Parallel {
  /// The number of processors that this process may use.
  package static var availableThreads: Int {
    max(1, ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Runs `body` once for every element, each on its own thread while there are processors, and
  /// returns when all are done.
  ///
  /// - Parameter states: one element for each part of the work; a body may change its own alone.
  package static func forEach<State: Sendable>(
    _ states: inout [State], _ body: @Sendable (Int, inout State) -> Void
  ) {
    guard states.count > 1 else {
      if !states.isEmpty { body(0, &states[0]) }
      return
    }
    let slots = states.map { Slot($0) }
    // Otherwise each body would change a copy: its buffers would be shared with `states`.
    states.removeAll(keepingCapacity: true)
    DispatchQueue.concurrentPerform(iterations: slots.count) { index in
      slots[index].state.withLock { body(index, &$0) }
    }
    for slot in slots { states.append(slot.state.withLock { $0 }) }
  }

  /// Fewer values are not worth waking a thread for.
  package static let smallestRange = 1 << 15

  /// Calls `body` for about equal ranges, together all numbers below `count`, each on its own thread while there
  /// are processors.
  ///
  /// - Parameter smallest: ranges are not shorter.
  package static func forEachRange(
    of count: Int, threads: Int, smallest: Int = smallestRange,
    _ body: @Sendable (Range<Int>) -> Void
  ) {
    let parts = max(1, min(threads, count / smallest))
    guard parts > 1 else { return body(0..<count) }
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      body(part * count / parts..<(part + 1) * count / parts)
    }
  }

  /// The results of `body` for every item, in order; items are shared out by weight among threads.
  ///
  /// - Throws: what `body` threw for the first of the items that it threw for.
  package static func map<Item: Sendable, Result: Sendable, Failure: Error>(
    _ items: [Item], threads: Int, weight: (Item) -> Int,
    _ body: @Sendable (Item) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    guard threads > 1, items.count > 1 else {
      var results: [Result] = []
      results.reserveCapacity(items.count)
      for item in items { results.append(try body(item)) }
      return results
    }
    var runs = ranges(ofWeights: items.map(weight), parts: threads).map {
      Run<Result, Failure>(range: $0)
    }
    forEach(&runs) { _, run in
      run.results.reserveCapacity(run.range.count)
      do throws(Failure) {
        for item in items[run.range] { run.results.append(try body(item)) }
      } catch {
        run.failure = error
      }
    }
    var results: [Result] = []
    results.reserveCapacity(items.count)
    for run in runs {
      if let failure = run.failure { throw failure }
      results += run.results
    }
    return results
  }

  /// The results of `body` for every number below `count`, in order; each thread takes the next that nobody has
  /// taken, so that none waits while there is work.
  ///
  /// - Parameter states: one for each thread.
  /// - Throws: what `body` threw for the least of the numbers that it threw for.
  package static func mapNext<State: Sendable, Result: Sendable, Failure: Error>(
    count: Int, states: inout [State],
    _ body: @Sendable (Int, inout State) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    let next = Atomic<Int>(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    let failure = Mutex<(number: Int, error: Failure)?>(nil)
    forEach(&states) { _, state in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        do throws(Failure) {
          let result = try body(number, &state)
          results.withLock { $0[number] = result }
        } catch {
          failure.withLock { if $0.map({ number < $0.number }) ?? true { $0 = (number, error) } }
          return
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// What one thread makes of its items.
  private struct Run<Result: Sendable, Failure: Error>: Sendable {
    var range: Range<Int>
    var results: [Result] = []
    var failure: Failure?
  }

  /// One part's state, held by one thread at a time.
  final class Slot<State: Sendable>: Sendable {
    let state: Mutex<State>

    init(_ state: State) { self.state = Mutex(state) }
  }

  /// Deals items out so that the heaviest part is light: the heaviest item first, each to the part that has least
  /// (Graham 1969). Each part's items in order.
  package static func shares(ofWeights weights: [Int], parts: Int) -> [[Int]] {
    var shares = [(items: [Int], weight: Int)](repeating: ([], 0), count: max(1, parts))
    for item in weights.indices.sorted(by: { (-weights[$0], $0) < (-weights[$1], $1) }) {
      var least = 0
      for part in shares.indices where shares[part].weight < shares[least].weight { least = part }
      shares[least].items.append(item)
      shares[least].weight += weights[item]
    }
    return shares.map { $0.items.sorted() }
  }

  /// Splits items in order into at most `parts` consecutive ranges of about equal total weight.
  package static func ranges(ofWeights weights: [Int], parts: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var remaining = weights.reduce(0, +)
    var begin = 0
    for part in 0..<max(1, parts) where begin < weights.count {
      let partsLeft = max(1, parts) - part
      let target = (remaining + partsLeft - 1) / partsLeft
      var end = begin
      var taken = 0
      // An item goes to the part that holds its middle.
      while end < weights.count, partsLeft == 1 || end == begin || taken + weights[end] / 2 < target
      {
        taken += weights[end]
        end += 1
      }
      remaining -= taken
      ranges.append(begin..<end)
      begin = end
    }
    return ranges
  }
}
