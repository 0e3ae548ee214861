package import Encoders
import Kernels
package import PTuning

/// The logits of words: encoder and head without caches, in parallel over windows.
package struct TokenScorer: Sendable {
  package let encoder: FrozenEncoder
  package var model: FoldedTokenModel
  /// The position of every window's first row.
  package let firstPosition: Int
  private var shards: [Shard]
  /// For windows whose rows the threads share.
  private let crew: Crew

  /// What one thread works on, kept from call to call for its buffers.
  package struct Shard: Sendable {
    fileprivate var windows: ArraySlice<Layout> = []
    fileprivate var workspace = EncoderWorkspace()
    /// The rows of the words asked about in each layer that the head reads, [words, hidden].
    fileprivate var states: [Matrix] = []
    /// What the head reads, [words, hidden].
    fileprivate var words = Matrix()
    /// [words, tags].
    fileprivate var logits = Matrix()
  }

  /// - Parameter threads: how many threads share a call.
  package init(
    encoder: FrozenEncoder, model: FoldedTokenModel, firstPosition: Int = 0, threads: Int
  ) {
    self.encoder = encoder
    self.model = model
    self.firstPosition = firstPosition
    shards = Array(repeating: Shard(), count: max(1, threads))
    crew = Crew(size: max(1, threads))
  }

  /// For each window the logits of the words that it answers for, [words, tags] row after row.
  ///
  /// Many windows are shared out among threads, each going its own way; of a few long ones, or of one
  /// sentence that somebody waits for, the threads share the rows.
  package mutating func logits(of windows: [Layout]) -> [[Float]] {
    let rows = windows.reduce(0) { $0 + $1.rows.count }
    if shards.count > 1, windows.count < 4 * shards.count,
      rows >= Self.fewestRows * shards.count
    {
      scoreTogether(windows)
    } else {
      scoreApart(windows)
    }
    return answers(to: windows)
  }

  /// Fewer rows a thread are not worth starting it.
  private static let fewestRows = 6

  /// Each thread takes windows of its own.
  private mutating func scoreApart(_ windows: [Layout]) {
    let ranges = Parallel.ranges(ofWeights: windows.map(\.rows.count), parts: shards.count)
    for index in shards.indices {
      shards[index].windows = index < ranges.count ? windows[ranges[index]] : []
      shards[index].logits.reshape(rows: 0, columns: model.head.tagCount)
    }
    let (encoder, model, firstPosition) = (encoder, model, firstPosition)
    Parallel.forEach(&shards) { _, shard in
      shard.score(encoder, model, firstPosition: firstPosition)
    }
  }

  /// The results of `body` for every number below `count`, in order; each thread takes the next that is left, and
  /// has a shard of its own for `logits`.
  package mutating func mapNext<Result: Sendable, Failure: Error>(
    count: Int, _ body: @Sendable (Int, inout Shard) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    try Parallel.mapNext(count: count, states: &shards, body)
  }

  /// For each window the logits of the words that it answers for, on one thread.
  package static func logits(
    of windows: [Layout], encoder: FrozenEncoder, model: FoldedTokenModel, firstPosition: Int,
    in shard: inout Shard
  ) -> [[Float]] {
    var answers: [[Float]] = []
    answers.reserveCapacity(windows.count)
    for range in passes(of: windows, rows: Self.rowsPerThread) {
      shard.windows = windows[range]
      shard.score(encoder, model, firstPosition: firstPosition)
      var place = 0
      for window in windows[range] {
        let count = window.answers.count * model.head.tagCount
        answers.append(Array(shard.logits.storage[place..<place + count]))
        place += count
      }
    }
    return answers
  }

  /// How many rows one thread takes through the encoder at a time: memory grows with them.
  package static let rowsPerThread = 1024

  /// Consecutive windows, gathered until they have so many rows.
  package static func passes(of windows: [Layout], rows most: Int) -> [Range<Int>] {
    var passes: [Range<Int>] = []
    var rows = most
    for (index, window) in windows.enumerated() {
      if rows < most, let last = passes.last {
        passes[passes.count - 1] = last.lowerBound..<index + 1
      } else {
        passes.append(index..<index + 1)
        rows = 0
      }
      rows += window.rows.count
    }
    return passes
  }

  /// Each thread takes some rows of all windows.
  private mutating func scoreTogether(_ windows: [Layout]) {
    let input = EncoderInput(windows, firstPosition: firstPosition)
    let words = input.answerRows(of: windows, pooling: model.head.pooling)
    let parts = RowParts(rows: input.rows.count, words: words, parts: shards.count)
    let shared = SharedProjections(
      rows: input.rows.count, encoder: encoder, threads: parts.ranges.count)
    let (encoder, model) = (encoder, model)
    var working = Array(shards[..<parts.ranges.count])
    shards.removeFirst(parts.ranges.count)
    crew.forEach(&working) { index, shard in
      let rows = parts.ranges[index]
      let own = words[parts.words[index]].map {
        $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound
      }
      encoder.forward(
        input, rows: rows, shared: shared, prompts: model.prompts,
        readout: EncoderReadout(rows: own, layers: model.layers), states: &shard.states,
        workspace: &shard.workspace)
      shard.score(model)
    }
    for index in shards.indices {
      shards[index].logits.reshape(rows: 0, columns: model.head.tagCount)
    }
    shards = working + shards
  }

  /// The shards' logits, which follow one another, window by window.
  private func answers(to windows: [Layout]) -> [[Float]] {
    var results: [[Float]] = []
    results.reserveCapacity(windows.count)
    var (shard, place) = (0, 0)
    for window in windows {
      var result: [Float] = []
      var missing = window.answers.count * model.head.tagCount
      result.reserveCapacity(missing)
      while missing > 0 {
        let taken = min(missing, shards[shard].logits.count - place)
        result += shards[shard].logits.storage[place..<place + taken]
        missing -= taken
        place += taken
        if place == shards[shard].logits.count { (shard, place) = (shard + 1, 0) }
      }
      results.append(result)
    }
    return results
  }
}

extension TokenScorer.Shard {
  /// The logits of its windows.
  fileprivate mutating func score(
    _ encoder: FrozenEncoder, _ model: FoldedTokenModel, firstPosition: Int
  ) {
    guard !windows.isEmpty else { return }
    let input = EncoderInput(windows, firstPosition: firstPosition)
    let readout = EncoderReadout(
      rows: input.answerRows(of: windows, pooling: model.head.pooling), layers: model.layers)
    encoder.forward(
      input, prompts: model.prompts, readout: readout, states: &states, workspace: &workspace)
    score(model)
  }

  /// From the states that the head reads to the logits.
  fileprivate mutating func score(_ model: FoldedTokenModel) {
    if let mix = model.mix {
      mix.forward(states, into: &words)
      model.head.linear.forward(words, into: &logits)
    } else {
      model.head.linear.forward(states[0], into: &logits)
    }
  }
}

/// Rows of a batch, cut into parts of about equal size, none of them inside a word.
struct RowParts {
  /// None is empty; together all rows.
  private(set) var ranges: [Range<Int>] = []
  /// The words of each part, by their place among all.
  private(set) var words: [Range<Int>] = []

  /// - Parameters:
  ///   - words: the rows of each, in order.
  init(rows: Int, words: [Range<Int>], parts: Int) {
    var (row, word) = (0, 0)
    for part in 1...max(1, parts) where row < rows {
      var end = part == parts ? rows : max(row + 1, rows * part / parts)
      let firstWord = word
      while word < words.count, words[word].lowerBound < end {
        end = max(end, words[word].upperBound)
        word += 1
      }
      ranges.append(row..<end)
      self.words.append(firstWord..<word)
      row = end
    }
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
