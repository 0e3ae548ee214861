package import Encoders
import Kernels
package import PTuning

/// One thread's way through encoder and heads, kept from call to call for its buffers. Windows of several adapters may go
/// together: each has its own prompts and its own head, and gets what it would get alone.
package struct EncoderPass: Sendable {
  private var workspace = EncoderWorkspace()
  /// The rows that heads read, of each layer that they read, [rows, hidden].
  private var states: [Matrix] = []
  /// Some of them, where several heads share them out.
  private var some: [Matrix] = []
  /// What a head reads, [rows, hidden], and what it says, [rows, outputs].
  private var inputs = Matrix()
  private(set) var logits = Matrix()

  package init() {}

  /// For each window the logits of the rows that its head reads, [rows, outputs] row after row.
  ///
  /// - Parameters:
  ///   - owners: of each window whose it is among `models`; none: all are the only one's.
  package mutating func logits(
    of windows: ArraySlice<Layout>, owners: ArraySlice<Int> = [], models: [PackedModel],
    encoder: FrozenEncoder
  ) -> [[Float]] {
    guard !windows.isEmpty else { return [] }
    precondition(owners.isEmpty ? models.count == 1 : owners.count == windows.count)
    let owners = owners.isEmpty ? Array(repeating: 0, count: windows.count) : Array(owners)
    var input = EncoderInput()
    for (window, owner) in zip(windows, owners) {
      input.append(
        rows: window.rows, segments: window.segments, shapes: window.shapes, owner: owner,
        firstPosition: models[owner].firstPosition)
    }
    let rows = zip(zip(windows, owners), input.batch.offsets).map { item, offset in
      item.0.readRows(models[item.1].model.head.reading).map {
        offset + $0.lowerBound..<offset + $0.upperBound
      }
    }
    let readsAll = models.contains { $0.model.mix != nil }
    encoder.forward(
      input, prompts: models.map(\.prompts),
      readout: EncoderReadout(rows: Array(rows.joined()), layers: readsAll ? .all : .last),
      states: &states, workspace: &workspace)
    return score(rows.map(\.count), owners: owners, models: models)
  }

  /// Each head on the rows of its windows: runs of windows of one adapter together.
  private mutating func score(
    _ counts: [Int], owners: [Int], models: [PackedModel]
  ) -> [[Float]] {
    var answers: [[Float]] = []
    answers.reserveCapacity(counts.count)
    var (first, row) = (0, 0)
    while first < counts.count {
      var (end, rows) = (first, 0)
      while end < counts.count, owners[end] == owners[first] {
        rows += counts[end]
        end += 1
      }
      let model = models[owners[first]].model
      if end - first == counts.count {
        score(model, states)
      } else {
        some = states.map { $0.rows(row..<row + rows) }
        score(model, some)
      }
      var place = 0
      for count in counts[first..<end] {
        let next = place + count * model.head.outputs
        answers.append(Array(logits.storage[place..<next]))
        place = next
      }
      (first, row) = (end, row + rows)
    }
    return answers
  }

  /// From the states that a head reads to `logits`; all layers' where any head of the pass reads them.
  private mutating func score(_ model: FoldedModel, _ states: [Matrix]) {
    if let mix = model.mix {
      mix.forward(states, into: &inputs)
      model.head.linear.forward(inputs, into: &logits)
    } else {
      model.head.linear.forward(states[states.count - 1], into: &logits)
    }
  }

  /// One thread's part of a pass of one adapter that several make together; what the head says is left in `logits`.
  mutating func score(
    _ input: EncoderInput, rows: Range<Int>, shared: SharedProjections, reading: [Range<Int>],
    model: PackedModel, encoder: FrozenEncoder
  ) {
    encoder.forward(
      input, rows: rows, shared: shared, prompts: [model.prompts],
      readout: EncoderReadout(rows: reading, layers: model.model.layers), states: &states,
      workspace: &workspace)
    score(model.model, states)
  }
}
