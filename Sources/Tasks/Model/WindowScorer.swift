package import Encoders
import Kernels
package import PTuning

/// The logits of the rows that a head reads: encoder and head without caches, in parallel over windows.
package struct WindowScorer: Sendable {
  package let encoder: FrozenEncoder
  package private(set) var model: PackedModel
  private var passes: [EncoderPass]
  /// For windows whose rows the threads share.
  private let crew: Crew

  /// - Parameters:
  ///   - firstPosition: of every window's first row.
  ///   - threads: how many threads share a call.
  package init(
    encoder: FrozenEncoder, model: FoldedModel, firstPosition: Int = 0, threads: Int
  ) {
    self.encoder = encoder
    self.model = PackedModel(model, encoder: encoder, firstPosition: firstPosition)
    passes = Array(repeating: EncoderPass(), count: max(1, threads))
    crew = Crew(size: max(1, threads))
  }

  /// Takes other weights, of the same shapes.
  package mutating func replaceModel(_ model: FoldedModel) {
    self.model = PackedModel(model, encoder: encoder, firstPosition: self.model.firstPosition)
  }

  /// For each window the logits of the rows that the head reads, [rows, outputs] row after row.
  ///
  /// Many windows are shared out among threads, each going its own way; of a few long ones, or of one
  /// sentence that somebody waits for, the threads share the rows.
  package mutating func logits(of windows: [Layout]) -> [[Float]] {
    let rows = windows.reduce(0) { $0 + $1.rows.count }
    if passes.count > 1, windows.count < Self.fewWindows * passes.count,
      rows >= Self.fewestRows * passes.count
    {
      return scoreTogether(windows)
    }
    return scoreApart(windows)
  }

  /// Of fewer windows a thread the threads share the rows.
  package static let fewWindows = 4
  /// Fewer rows a thread are not worth starting it.
  private static let fewestRows = 6

  /// Each thread takes windows of its own.
  private mutating func scoreApart(_ windows: [Layout]) -> [[Float]] {
    let ranges = Parallel.ranges(ofWeights: windows.map(\.rows.count), parts: passes.count)
    let (encoder, model) = (encoder, model)
    return mapNext(count: ranges.count) { index, pass in
      pass.logits(of: windows[ranges[index]], models: [model], encoder: encoder)
    }.flatMap { $0 }
  }

  /// The results of `body` for every number below `count`, in order; each thread takes the next that is left, and
  /// has a pass of its own.
  package mutating func mapNext<Result: Sendable, Failure: Error>(
    count: Int, _ body: @Sendable (Int, inout EncoderPass) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    try Parallel.mapNext(count: count, states: &passes, body)
  }

  /// For each window the logits of the rows that the head reads, on one thread.
  package static func logits(
    of windows: [Layout], encoder: FrozenEncoder, model: PackedModel, in pass: inout EncoderPass
  ) -> [[Float]] {
    passes(of: windows, rows: rowsPerThread).flatMap {
      pass.logits(of: windows[$0], models: [model], encoder: encoder)
    }
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
  private mutating func scoreTogether(_ windows: [Layout]) -> [[Float]] {
    let input = EncoderInput(windows, firstPosition: model.firstPosition)
    let words = input.readRows(of: windows, model.model.head.reading)
    let parts = RowParts(rows: input.rows.count, words: words, parts: passes.count)
    let shared = SharedProjections(
      rows: input.rows.count, encoder: encoder, threads: parts.ranges.count)
    let (encoder, model) = (encoder, model)
    var working = Array(passes[..<parts.ranges.count])
    passes.removeFirst(parts.ranges.count)
    crew.forEach(&working) { index, pass in
      let rows = parts.ranges[index]
      let own = words[parts.words[index]].map {
        $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound
      }
      pass.score(
        input, rows: rows, shared: shared, reading: own, model: model, encoder: encoder)
    }
    defer { passes = working + passes }
    return answers(to: windows, from: working)
  }

  /// The parts' logits, which follow one another, window by window.
  private func answers(to windows: [Layout], from parts: [EncoderPass]) -> [[Float]] {
    var results: [[Float]] = []
    results.reserveCapacity(windows.count)
    var (part, place) = (0, 0)
    for window in windows {
      var result: [Float] = []
      var missing = model.logitCount(of: window)
      result.reserveCapacity(missing)
      while missing > 0 {
        let taken = min(missing, parts[part].logits.count - place)
        result += parts[part].logits.storage[place..<place + taken]
        missing -= taken
        place += taken
        if place == parts[part].logits.count { (part, place) = (part + 1, 0) }
      }
      results.append(result)
    }
    return results
  }
}
