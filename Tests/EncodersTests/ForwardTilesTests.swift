import Kernels
import TestSupport
import Testing

@testable import Encoders

/// Sequences lie across the tiles of a forward pass, and of its last layer only some rows are made.
@Suite struct ForwardTilesTests {
  /// More than three tiles, and none of their borders between sequences.
  static let lengths = [1, 33, 7, 20, 40, 2, 31, 40, 25, 17]

  let encoder: FrozenEncoder
  let input: EncoderInput
  /// The hidden states of all rows.
  let hidden: Matrix

  init() throws {
    encoder = try FrozenEncoder(folder: tinyEncoderFolder("tiny-uncased-gelu"), trains: false)
    var input = EncoderInput()
    for length in Self.lengths {
      input.append(
        rows: (0..<length).map { .wordpiece(Int32(($0 * 5 + length) % 11 + 1)) },
        segments: Array(repeating: 0, count: length))
    }
    var workspace = EncoderWorkspace()
    encoder.forward(input, prompts: EncoderPrompts(), workspace: &workspace)
    (self.input, hidden) = (input, workspace.hidden)
  }

  /// What is read, row by row.
  func expected(_ rows: [Range<Int>]) -> [Float] {
    rows.flatMap { range in
      (0..<hidden.columns).map { column in
        range.reduce(0) { $0 + hidden[$1, column] } / Float(range.count)
      }
    }
  }

  func check(
    _ states: Matrix, _ rows: [Range<Int>], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let gaps = zip(states.values, expected(rows)).map { abs($0 - $1) }
    #expect(gaps.count == rows.count * hidden.columns, sourceLocation: sourceLocation)
    #expect((gaps.max() ?? 0) < 1e-5, sourceLocation: sourceLocation)
  }

  static let readings: [[Range<Int>]] = [
    [0..<1, 2..<3, 64..<65, 99..<103, 215..<216],
    // None of the first tiles.
    [200..<202, 202..<203],
    // Out of order, and one twice.
    [150..<151, 3..<6, 3..<6, 215..<216],
    (0..<216).map { $0..<$0 + 1 },
  ]

  @Test(arguments: readings, [EncoderReadout.Layers.last, .all])
  func rowsThatAreReadAreThoseOfAll(rows: [Range<Int>], layers: EncoderReadout.Layers) {
    var (states, workspace) = ([Matrix](), EncoderWorkspace())
    // Buffers that held another batch are used again.
    for _ in 0..<2 {
      encoder.forward(
        input, prompts: EncoderPrompts(), readout: EncoderReadout(rows: rows, layers: layers),
        states: &states, workspace: &workspace)
      check(states[states.count - 1], rows)
    }
  }

  private struct Part: Sendable {
    var rows: Range<Int>
    var states: [Matrix] = []
    var workspace = EncoderWorkspace()
  }

  @Test(arguments: readings)
  func threadsShareTheRows(read: [Range<Int>]) {
    let borders = [0, 70, 130, 216]
    var parts = zip(borders, borders.dropFirst()).map { Part(rows: $0..<$1) }
    let shared = SharedProjections(rows: input.rows.count, encoder: encoder, threads: parts.count)
    let (encoder, input) = (encoder, input)
    Crew(size: 3).forEach(&parts) { _, part in
      let rows = part.rows
      let own = read.filter { rows.contains($0.lowerBound) }.map {
        $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound
      }
      encoder.forward(
        input, rows: rows, shared: shared, prompts: [encoder.packed(EncoderPrompts())],
        readout: EncoderReadout(rows: own, layers: .last), states: &part.states,
        workspace: &part.workspace)
    }
    for part in parts {
      check(part.states[0], read.filter { part.rows.contains($0.lowerBound) })
    }
  }

  /// Rows [0, 1, …] belong to sequences by their ends.
  @Test func sequencesOfRows() {
    let batch = RaggedBatch(lengths: [3, 1, 4])
    #expect(batch.sequences(ofRows: 0..<1) == 0..<1)
    #expect(batch.sequences(ofRows: 2..<4) == 0..<2)
    #expect(batch.sequences(ofRows: 3..<5) == 1..<3)
    #expect(batch.sequences(ofRows: 4..<8) == 2..<3)
    #expect(batch.sequences(ofRows: 4..<4).isEmpty)
    #expect([0, 2, 3, 4, 7, 8].map { batch.end(before: $0) } == [0, 0, 3, 4, 4, 8])
  }
}
