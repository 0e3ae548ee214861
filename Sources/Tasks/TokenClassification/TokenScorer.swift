package import Encoders
import Kernels
package import PTuning

/// The logits of words: encoder and head without caches, in parallel over windows.
package struct TokenScorer: Sendable {
  package let encoder: FrozenEncoder
  package var model: FoldedTokenModel
  /// The position of every window's first row.
  private let firstPosition: Int
  private var shards: [Shard]

  /// What one thread works on, kept from call to call for its buffers.
  private struct Shard: Sendable {
    var windows: ArraySlice<Layout> = []
    var workspace = EncoderWorkspace()
    /// The rows of the words asked about in each layer that the head reads, [words, hidden].
    var states: [Matrix] = []
    /// What the head reads, [words, hidden].
    var words = Matrix()
    /// [words, tags].
    var logits = Matrix()
  }

  /// - Parameter threads: how many threads share a call.
  package init(
    encoder: FrozenEncoder, model: FoldedTokenModel, firstPosition: Int = 0, threads: Int
  ) {
    self.encoder = encoder
    self.model = model
    self.firstPosition = firstPosition
    shards = Array(repeating: Shard(), count: max(1, threads))
  }

  /// For each window the logits of the words that it answers for, [words, tags] row after row.
  package mutating func logits(of windows: [Layout]) -> [[Float]] {
    let ranges = Parallel.ranges(ofWeights: windows.map(\.rows.count), parts: shards.count)
    for index in shards.indices {
      shards[index].windows = index < ranges.count ? windows[ranges[index]] : []
    }
    let (encoder, model, firstPosition) = (encoder, model, firstPosition)
    Parallel.forEach(&shards) { _, shard in
      guard !shard.windows.isEmpty else { return }
      let input = EncoderInput(shard.windows, firstPosition: firstPosition)
      let readout = EncoderReadout(
        rows: input.answerRows(of: shard.windows, pooling: model.head.pooling),
        layers: model.layers)
      encoder.forward(
        input, prompts: model.prompts, readout: readout, states: &shard.states,
        workspace: &shard.workspace)
      if let mix = model.mix {
        mix.forward(shard.states, into: &shard.words)
        model.head.linear.forward(shard.words, into: &shard.logits)
      } else {
        model.head.linear.forward(shard.states[0], into: &shard.logits)
      }
    }
    var results: [[Float]] = []
    results.reserveCapacity(windows.count)
    for shard in shards {
      var place = 0
      for window in shard.windows {
        let count = window.answers.count * model.head.tagCount
        results.append(Array(shard.logits.storage[place..<place + count]))
        place += count
      }
    }
    return results
  }
}

extension EncoderInput {
  /// Windows end to end.
  init(_ windows: some Sequence<Layout>, firstPosition: Int) {
    self.init(firstPosition: firstPosition)
    for window in windows {
      append(rows: window.rows, segments: window.segments, shapes: window.shapes)
    }
  }

  /// Where in the batch the rows stand that a head reads of each answered word, window after window.
  func answerRows(of windows: some Sequence<Layout>, pooling: HeadPooling) -> [Range<Int>] {
    zip(batch.offsets, windows).flatMap { offset, window in
      switch pooling {
      case .first: window.answerRows.map { offset + $0..<offset + $0 + 1 }
      case .mean:
        window.answerRanges.map { offset + $0.lowerBound..<offset + $0.upperBound }
      }
    }
  }
}
