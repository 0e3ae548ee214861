/// Sequences of different lengths, end to end, without padding: sequence `s` has the rows
/// `offsets[s]..<offsets[s + 1]` of every matrix that goes with the batch.
package struct RaggedBatch: Hashable, Sendable {
  /// Cumulative lengths, from 0; one more than there are sequences.
  package private(set) var offsets: [Int]

  package init(lengths: some Sequence<Int> = []) {
    offsets = [0]
    for length in lengths { append(length: length) }
  }

  /// Adds a sequence at the end.
  package mutating func append(length: Int) {
    precondition(length > 0, "a sequence has at least one row")
    offsets.append(rowCount + length)
  }

  package var sequenceCount: Int { offsets.count - 1 }
  package var rowCount: Int { offsets[offsets.count - 1] }

  /// The rows of a sequence.
  package func rows(of sequence: Int) -> Range<Int> {
    offsets[sequence]..<offsets[sequence + 1]
  }

  /// The length of the longest sequence, 0 in an empty batch.
  package var longest: Int {
    (0..<sequenceCount).reduce(0) { max($0, rows(of: $1).count) }
  }

  /// The sequences that some rows belong to.
  package func sequences(ofRows rows: Range<Int>) -> Range<Int> {
    guard !rows.isEmpty else { return 0..<0 }
    let first = firstSequence { $0 > rows.lowerBound }
    return first..<firstSequence { $0 >= rows.upperBound } + 1
  }

  /// The first sequence whose end suits, by bisection.
  private func firstSequence(endingWhere suits: (Int) -> Bool) -> Int {
    var (low, high) = (0, sequenceCount)
    while low < high {
      let middle = (low + high) / 2
      if suits(offsets[middle + 1]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Where the last sequence ends that does so at or before a row; 0 where none does.
  package func end(before row: Int) -> Int {
    let sequence = firstSequence { $0 > row }
    return offsets[sequence]
  }
}
