package import Encoders
import Kernels
package import PTuning

/// The logits of the rows that a head reads: encoder and head without caches, in parallel over windows.
package struct WindowScorer: Sendable {
  package let encoder: FrozenEncoder
  package var model: FoldedModel
  /// The position of every window's first row.
  package let firstPosition: Int
  private var shards: [Shard]
  /// For windows whose rows the threads share.
  private let crew: Crew

  /// What one thread works on, kept from call to call for its buffers.
  package struct Shard: Sendable {
    fileprivate var windows: ArraySlice<Layout> = []
    fileprivate var workspace = EncoderWorkspace()
    /// The rows that the head reads, of each layer that it reads, [rows, hidden].
    fileprivate var states: [Matrix] = []
    /// What the head reads, [rows, hidden].
    fileprivate var inputs = Matrix()
    /// [rows, outputs].
    fileprivate var logits = Matrix()
  }

  /// - Parameter threads: how many threads share a call.
  package init(
    encoder: FrozenEncoder, model: FoldedModel, firstPosition: Int = 0, threads: Int
  ) {
    self.encoder = encoder
    self.model = model
    self.firstPosition = firstPosition
    shards = Array(repeating: Shard(), count: max(1, threads))
    crew = Crew(size: max(1, threads))
  }

  /// For each window the logits of the rows that the head reads, [rows, outputs] row after row.
  ///
  /// Many windows are shared out among threads, each going its own way; of a few long ones, or of one
  /// sentence that somebody waits for, the threads share the rows.
  package mutating func logits(of windows: [Layout]) -> [[Float]] {
    let rows = windows.reduce(0) { $0 + $1.rows.count }
    if shards.count > 1, windows.count < Self.fewWindows * shards.count,
      rows >= Self.fewestRows * shards.count
    {
      scoreTogether(windows)
    } else {
      scoreApart(windows)
    }
    return answers(to: windows)
  }

  /// Of fewer windows a thread the threads share the rows.
  package static let fewWindows = 4
  /// Fewer rows a thread are not worth starting it.
  private static let fewestRows = 6

  /// Each thread takes windows of its own.
  private mutating func scoreApart(_ windows: [Layout]) {
    let ranges = Parallel.ranges(ofWeights: windows.map(\.rows.count), parts: shards.count)
    for index in shards.indices {
      shards[index].windows = index < ranges.count ? windows[ranges[index]] : []
      shards[index].logits.reshape(rows: 0, columns: model.head.outputs)
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

  /// For each window the logits of the rows that the head reads, on one thread.
  package static func logits(
    of windows: [Layout], encoder: FrozenEncoder, model: FoldedModel, firstPosition: Int,
    in shard: inout Shard
  ) -> [[Float]] {
    var answers: [[Float]] = []
    answers.reserveCapacity(windows.count)
    for range in passes(of: windows, rows: Self.rowsPerThread) {
      shard.windows = windows[range]
      shard.score(encoder, model, firstPosition: firstPosition)
      var place = 0
      for window in windows[range] {
        let count = window.readCount(model.head.reading) * model.head.outputs
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
    let words = input.readRows(of: windows, model.head.reading)
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
      shards[index].logits.reshape(rows: 0, columns: model.head.outputs)
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
      var missing = window.readCount(model.head.reading) * model.head.outputs
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

extension WindowScorer.Shard {
  /// The logits of its windows.
  fileprivate mutating func score(
    _ encoder: FrozenEncoder, _ model: FoldedModel, firstPosition: Int
  ) {
    guard !windows.isEmpty else { return }
    let input = EncoderInput(windows, firstPosition: firstPosition)
    let readout = EncoderReadout(
      rows: input.readRows(of: windows, model.head.reading), layers: model.layers)
    encoder.forward(
      input, prompts: model.prompts, readout: readout, states: &states, workspace: &workspace)
    score(model)
  }

  /// From the states that the head reads to the logits.
  fileprivate mutating func score(_ model: FoldedModel) {
    if let mix = model.mix {
      mix.forward(states, into: &inputs)
      model.head.linear.forward(inputs, into: &logits)
    } else {
      model.head.linear.forward(states[0], into: &logits)
    }
  }
}
