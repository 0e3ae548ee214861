package import Encoders
import Kernels
package import PTuning

/// What a head reads of a word.
public enum HeadPooling: String, Codable, CaseIterable, Hashable, Sendable {
  /// The row of its first wordpiece (Devlin et al. 2019, section 5.3).
  case first
  /// The mean of the rows of its wordpieces.
  case mean
}

/// Which rows of a window a head reads.
package enum RowReading: Hashable, Sendable {
  /// One row, or the mean of some, of each word that the window answers for.
  case words(HeadPooling)
  /// Each row of the words in the window, and that of `[CLS]`, in the order in which they stand.
  case field
}

extension Layout {
  /// The rows that a head reads, in order; of a range the mean.
  package func readRows(_ reading: RowReading) -> [Range<Int>] {
    switch reading {
    case .words(.first): answerRows.map { $0..<$0 + 1 }
    case .words(.mean): answerRanges
    case .field: fieldRows.map { $0..<$0 + 1 }
    }
  }

  /// How many rows those are.
  package func readCount(_ reading: RowReading) -> Int {
    switch reading {
    case .words: answers.count
    case .field: fieldRowCount + 1
    }
  }

  /// Where a head that reads `field` finds `[CLS]` among what it reads.
  package var classificationPlace: Int { classificationRow < firstRows[0] ? 0 : fieldRowCount }

  /// Where it finds the first row of the words.
  package var fieldPlace: Int { classificationRow < firstRows[0] ? 1 : 0 }

  private var fieldRowCount: Int {
    firstRows[firstRows.count - 1] + rowCounts[rowCounts.count - 1] - firstRows[0]
  }

  private var fieldRows: [Int] {
    let rows = Array(firstRows[0]..<firstRows[0] + fieldRowCount)
    return classificationRow < firstRows[0]
      ? [classificationRow] + rows : rows + [classificationRow]
  }
}

extension EncoderInput {
  /// Windows end to end.
  package init(_ windows: some Sequence<Layout>, firstPosition: Int) {
    self.init(firstPosition: firstPosition)
    for window in windows {
      append(rows: window.rows, segments: window.segments, shapes: window.shapes)
    }
  }

  /// Where in the batch the rows stand that a head reads, window after window.
  package func readRows(
    of windows: some Sequence<Layout>, _ reading: RowReading
  ) -> [Range<Int>] {
    zip(batch.offsets, windows).flatMap { offset, window in
      window.readRows(reading).map { offset + $0.lowerBound..<offset + $0.upperBound }
    }
  }
}
