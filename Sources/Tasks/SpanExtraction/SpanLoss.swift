import Foundation
package import Kernels
package import PTuning

/// The places of a window's candidates among the rows that the head reads: the rows where an answer may begin and end,
/// and that of `[CLS]`, which stands for no answer.
package struct SpanPlaces: Sendable {
  /// `[CLS]`.
  package let null: Int
  /// The first row of each word in the window.
  package let starts: [Int]
  /// The last row of each word in the window.
  package let ends: [Int]

  package init(_ window: Layout) {
    null = window.classificationPlace
    let shift = window.fieldPlace - window.firstRows[0]
    starts = window.firstRows.map { $0 + shift }
    ends = zip(window.firstRows, window.rowCounts).map { $0 + $1 - 1 + shift }
  }
}

/// The loss of a window: the mean of those of where the answer begins and where it ends, each the negative logarithm
/// of the probability of the right places together (Clark and Gardner 2018, section 3.2, on one text).
package enum SpanLoss {
  /// Adds a window's gradient and returns its loss.
  ///
  /// - Parameters:
  ///   - logits: [rows, 2], starts and ends; of the window's rows it becomes the gradient, times `scale`.
  ///   - first: the window's first row in it.
  ///   - count: how many rows it has.
  ///   - starts: the words of the window, from 0, at which a right answer begins; none: there is no answer in it.
  ///   - ends: those at which one ends.
  package static func forwardBackward(
    _ logits: inout Matrix, first: Int, count: Int, places: SpanPlaces, starts: [Int],
    ends: [Int], scale: Float, workspace: inout [Float]
  ) -> Double {
    var loss = 0.0
    for (column, candidates, targets) in [(0, places.starts, starts), (1, places.ends, ends)] {
      // The candidates' logits, that of `[CLS]` last.
      workspace.removeAll(keepingCapacity: true)
      for place in candidates { workspace.append(logits[first + place, column]) }
      workspace.append(logits[first + places.null, column])
      let targets = targets.isEmpty ? [candidates.count] : targets
      loss += gradient(&workspace, targets: targets) / 2
      for row in first..<first + count { logits[row, column] = 0 }
      for (index, place) in candidates.enumerated() {
        logits[first + place, column] = scale / 2 * workspace[index]
      }
      logits[first + places.null, column] = scale / 2 * workspace[candidates.count]
    }
    return loss
  }

  /// −log Σ softmax(values)ₜ over the targets; `values` become its gradient, softmax over all less softmax over the
  /// targets.
  private static func gradient(_ values: inout [Float], targets: [Int]) -> Double {
    let largest = values.max() ?? 0
    let largestTarget = targets.reduce(-Float.infinity) { max($0, values[$1]) }
    let rightSum = targets.reduce(Float(0)) { $0 + exp(values[$1] - largestTarget) }
    let shares = targets.map { exp(values[$0] - largestTarget) / rightSum }
    var sum: Float = 0
    for index in values.indices {
      values[index] = exp(values[index] - largest)
      sum += values[index]
    }
    for index in values.indices { values[index] /= sum }
    for (target, share) in zip(targets, shares) { values[target] -= share }
    return Double(largest - largestTarget) + Double(log(sum)) - Double(log(rightSum))
  }
}
