package import Encoders
package import Kernels
package import PTuning

/// The logits of words: encoder and head without caches, in parallel over windows.
package struct TokenScorer: Sendable {
  package let encoder: FrozenEncoder
  /// The folded soft rows, [soft rows, hidden].
  package var softRows: Matrix
  package var head: TokenHead
  private var shards: [Shard]

  /// What one thread works on, kept from call to call for its buffers.
  private struct Shard: Sendable {
    var windows: ArraySlice<Layout> = []
    var workspace = EncoderWorkspace()
    /// The hidden rows of the words asked about, [words, hidden].
    var words = Matrix()
    /// [words, tags].
    var logits = Matrix()
  }

  /// - Parameter threads: how many threads share a call.
  package init(encoder: FrozenEncoder, softRows: Matrix, head: TokenHead, threads: Int) {
    self.encoder = encoder
    self.softRows = softRows
    self.head = head
    shards = Array(repeating: Shard(), count: max(1, threads))
  }

  /// For each window the logits of the words that it answers for, [words, tags] row after row.
  package mutating func logits(of windows: [Layout]) -> [[Float]] {
    let ranges = Parallel.ranges(ofWeights: windows.map(\.rows.count), parts: shards.count)
    for index in shards.indices {
      shards[index].windows = index < ranges.count ? windows[ranges[index]] : []
    }
    let (encoder, softRows, head) = (encoder, softRows, head)
    Parallel.forEach(&shards) { _, shard in
      guard !shard.windows.isEmpty else { return }
      let input = EncoderInput(shard.windows)
      encoder.forward(input, softRows: softRows, workspace: &shard.workspace)
      shard.words.gather(input.answerRows(of: shard.windows), of: shard.workspace.hidden)
      head.linear.forward(shard.words, into: &shard.logits)
    }
    var results: [[Float]] = []
    results.reserveCapacity(windows.count)
    for shard in shards {
      var place = 0
      for window in shard.windows {
        let count = window.answers.count * head.tagCount
        results.append(Array(shard.logits.storage[place..<place + count]))
        place += count
      }
    }
    return results
  }
}

extension EncoderInput {
  /// Windows end to end.
  init(_ windows: some Sequence<Layout>) {
    self.init()
    for window in windows { append(rows: window.rows, segments: window.segments) }
  }

  /// Where in the batch the first wordpieces of the answered words stand, window after window.
  func answerRows(of windows: some Sequence<Layout>) -> [Int] {
    zip(batch.offsets, windows).flatMap { offset, window in
      window.answerRows.map { offset + $0 }
    }
  }
}

extension Matrix {
  /// Becomes the chosen rows of another matrix.
  mutating func gather(_ chosen: [Int], of source: Matrix) {
    let columns = source.columns
    reshape(rows: chosen.count, columns: columns)
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, place) in chosen.enumerated() {
          for i in 0..<columns { target[row * columns + i] = source[place * columns + i] }
        }
      }
    }
  }

  /// Becomes `rows` rows of zeros but for the chosen ones, which are those of `source`: the backward
  /// of `gather`.
  mutating func scatter(_ source: Matrix, to chosen: [Int], rows: Int) {
    let columns = source.columns
    reshape(rows: rows, columns: columns)
    setZero()
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, place) in chosen.enumerated() {
          for i in 0..<columns { target[place * columns + i] += source[row * columns + i] }
        }
      }
    }
  }
}
