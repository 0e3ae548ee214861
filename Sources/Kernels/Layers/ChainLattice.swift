import Foundation

/// The sums over all sequences of a linear chain: forward and backward of Rabiner (1989, III A)
/// in log space and double precision.
///
/// With e the emissions, A the transitions, and α and β the logarithms of the sums over what ends
/// in a tag and what goes on from it,
///
///     α[t, j] = e[t, j] + log Σᵢ exp(α[t−1, i] + A[i, j])
///     β[t, i] = log Σⱼ exp(A[i, j] + e[t+1, j] + β[t+1, j])
///
/// Each row is kept less its greatest value, and each word has its own total, so errors do not grow
/// with the length of the sequence. It is a buffer: it keeps its storage from sequence to sequence.
package struct ChainLattice: Sendable {
  package private(set) var wordCount = 0
  package private(set) var tagCount = 0
  /// [words, tags]; set with ``load(wordCount:tagCount:emission:)``.
  package private(set) var emissions: [Double] = []
  /// α less the greatest of its row, [words, tags].
  package private(set) var forward: [Double] = []
  /// β less the greatest of its row, [words, tags].
  package private(set) var backward: [Double] = []
  /// What the greatest α of each word has beyond that of the word before: α[t, j] is
  /// forward[t, j] + Σ steps[...t].
  package private(set) var steps: [Double] = []
  /// log Σⱼ exp(forward[t, j] + backward[t, j]): a tag's marginal is
  /// exp(forward + backward − total).
  package private(set) var totals: [Double] = []
  /// log Σⱼ exp(forward[last, j] + end[j]): with Σ steps the logarithm of the sum of everything.
  package private(set) var finalTotal = 0.0
  /// e[t, j] + backward[t, j] of one word.
  private var ahead: [Double] = []

  /// What is e^−45 of the greatest term, or less, is below the rounding of any sum of a million.
  private static let negligible = -45.0

  package init() {}

  /// Sets the emissions of a sequence.
  package mutating func load(
    wordCount: Int, tagCount: Int, emission: (_ index: Int) -> Double
  ) {
    self.wordCount = wordCount
    self.tagCount = tagCount
    let count = wordCount * tagCount
    Self.grow(&emissions, to: count)
    Self.grow(&forward, to: count)
    Self.grow(&backward, to: count)
    Self.grow(&steps, to: wordCount)
    Self.grow(&totals, to: wordCount)
    Self.grow(&ahead, to: tagCount)
    emissions.withUnsafeMutableBufferPointer { emissions in
      for index in 0..<count { emissions[index] = emission(index) }
    }
  }

  private static func grow(_ values: inout [Double], to count: Int) {
    guard values.count < count else { return }
    values = [Double](repeating: 0, count: count)
  }

  /// Sums over all sequences of the emissions.
  ///
  /// - Parameters:
  ///   - previous: the tag before the first word, where the sequence continues another; the scores
  ///     out of it take the place of those of the start.
  ///   - isContinued: the sequence does not end at its last word: no tag has a score for that.
  package mutating func sum(_ chain: LinearChain, after previous: Int? = nil, isContinued: Bool) {
    precondition(chain.tagCount == tagCount && wordCount > 0)
    let first = previous.map { chain.row(from: $0) } ?? chain.start[...]
    first.withUnsafeBufferPointer { first in
      chain.predecessors.withUnsafeBufferPointer { predecessors in
        sumForward(first: first, predecessors: predecessors)
      }
    }
    let last = (wordCount - 1) * tagCount
    for tag in 0..<tagCount { backward[last + tag] = isContinued ? 0 : chain.end[tag] }
    chain.transitions.withUnsafeBufferPointer { sumBackward(transitions: $0) }
  }

  private mutating func sumForward(
    first: UnsafeBufferPointer<Double>, predecessors: UnsafeBufferPointer<Double>
  ) {
    let (wordCount, tagCount) = (wordCount, tagCount)
    emissions.withUnsafeBufferPointer { emissions in
      forward.withUnsafeMutableBufferPointer { forward in
        steps.withUnsafeMutableBufferPointer { steps in
          guard let emissions = emissions.baseAddress, let forward = forward.baseAddress,
            let predecessors = predecessors.baseAddress
          else { return }
          for word in 0..<wordCount {
            let row = forward + word * tagCount
            let emitted = emissions + word * tagCount
            for tag in 0..<tagCount {
              let before =
                word == 0
                ? first[tag]
                : Self.logSum(row - tagCount, predecessors + tag * tagCount, tagCount)
              row[tag] = before + emitted[tag]
            }
            steps[word] = Self.takeGreatest(row, tagCount)
          }
        }
      }
    }
  }

  /// The last row of `backward` is what the sequence ends with.
  private mutating func sumBackward(transitions: UnsafeBufferPointer<Double>) {
    let (wordCount, tagCount) = (wordCount, tagCount)
    var finalTotal = 0.0
    emissions.withUnsafeBufferPointer { emissions in
      forward.withUnsafeBufferPointer { forward in
        backward.withUnsafeMutableBufferPointer { backward in
          ahead.withUnsafeMutableBufferPointer { ahead in
            guard let emissions = emissions.baseAddress, let forward = forward.baseAddress,
              let backward = backward.baseAddress, let ahead = ahead.baseAddress,
              let transitions = transitions.baseAddress
            else { return }
            for word in stride(from: wordCount - 1, through: 0, by: -1) {
              let row = backward + word * tagCount
              if word == wordCount - 1 {
                finalTotal = Self.logSum(forward + word * tagCount, row, tagCount)
              } else {
                let next = (word + 1) * tagCount
                for tag in 0..<tagCount {
                  ahead[tag] = emissions[next + tag] + backward[next + tag]
                }
                for tag in 0..<tagCount {
                  row[tag] = Self.logSum(transitions + tag * tagCount, ahead, tagCount)
                }
              }
              _ = Self.takeGreatest(row, tagCount)
              totals[word] = Self.logSum(forward + word * tagCount, row, tagCount)
            }
          }
        }
      }
    }
    self.finalTotal = finalTotal
  }

  /// The probability of a tag at a word.
  package func marginal(word: Int, tag: Int) -> Double {
    let place = word * tagCount + tag
    return exp(forward[place] + backward[place] - totals[word])
  }

  /// Adds the probability of each pair of tags at neighbouring words, over the whole sequence, to
  /// `counts` [from, to].
  package mutating func addPairMarginals(_ chain: LinearChain, to counts: inout [Double]) {
    let (wordCount, tagCount) = (wordCount, tagCount)
    precondition(counts.count == tagCount * tagCount)
    for word in 1..<max(wordCount, 1) {
      let place = word * tagCount
      let total = steps[word] + totals[word]
      for tag in 0..<tagCount {
        ahead[tag] = emissions[place + tag] + backward[place + tag] - total
      }
      ahead.withUnsafeBufferPointer { ahead in
        chain.transitions.withUnsafeBufferPointer { transitions in
          counts.withUnsafeMutableBufferPointer { counts in
            for from in 0..<tagCount {
              let before = forward[place - tagCount + from]
              let row = from * tagCount
              for to in 0..<tagCount {
                let log = before + transitions[row + to] + ahead[to]
                // What is not a number is let through: it must be seen.
                if !(log < Self.negligible) { counts[row + to] += exp(log) }
              }
            }
          }
        }
      }
    }
  }

  /// Subtracts the greatest value from all, and returns it.
  private static func takeGreatest(_ values: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
    var greatest = -Double.infinity
    for i in 0..<count where values[i] > greatest { greatest = values[i] }
    for i in 0..<count { values[i] -= greatest }
    return greatest
  }

  /// log Σ exp(a[i] + b[i]); −∞ where every term is.
  private static func logSum(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    logSum(count: count) { a[$0] + b[$0] }
  }

  /// log Σ exp(term), over 0..<count; −∞ where every term is.
  @inline(__always)
  package static func logSum(count: Int, _ term: (Int) -> Double) -> Double {
    // Finite, so that −∞ less it is −∞.
    var greatest = -Double.greatestFiniteMagnitude
    for i in 0..<count {
      let value = term(i)
      if value > greatest { greatest = value }
    }
    var sum = 0.0
    for i in 0..<count {
      let value = term(i) - greatest
      // What is not a number is let through: it must be seen.
      if !(value < negligible) { sum += exp(value) }
    }
    return greatest + log(sum)
  }
}
