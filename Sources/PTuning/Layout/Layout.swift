public import Encoders

/// What a row of a layout is there for.
public enum RowRole: Hashable, Sendable {
  /// `[CLS]` or `[SEP]`.
  case special
  /// A wordpiece of the template's plain words.
  case hardPrompt
  /// A soft prompt row.
  case soft
  /// A wordpiece of an example.
  ///
  /// `field` counts the template's fields in the order in which they stand, `word` the words of the
  /// whole field, not of the window.
  case word(field: Int, word: Int)
}

/// The rows of one encoder input, and what each of them is.
///
/// Row i has position i: soft rows count as any row. A soft row replaces the word embedding only;
/// its position and segment embeddings are added as to any row.
public struct Layout: Hashable, Sendable {
  /// The rows, from first to last.
  public let rows: [InputRow]
  /// The segment (0 or 1) of each row.
  public let segments: [UInt8]
  /// The shape of each row's word, from 1; 0 where it has none; empty where no word has one.
  public let shapes: [UInt8]
  /// What each row is.
  public let roles: [RowRole]
  /// Which words of the split field are in this window.
  public let words: Range<Int>
  /// Which of ``words`` this window answers for; never empty, and every word of the field is
  /// answered for by exactly one of its windows, or, where an overlap was asked for, by each that holds it.
  public let answers: Range<Int>
  /// The row of the first wordpiece of each word in ``words``.
  public let firstRows: [Int]
  /// How many rows each word in ``words`` has.
  public let rowCounts: [Int]
  /// The row of `[CLS]`.
  public let classificationRow: Int

  /// The row of the first wordpiece of each word in ``answers``.
  public var answerRows: ArraySlice<Int> {
    firstRows[answers.lowerBound - words.lowerBound..<answers.upperBound - words.lowerBound]
  }

  /// The rows of all wordpieces of each word in ``answers``.
  public var answerRanges: [Range<Int>] {
    answers.map { word in
      let index = word - words.lowerBound
      return firstRows[index]..<firstRows[index] + rowCounts[index]
    }
  }

  /// The row of a word's first wordpiece, or nil where this window does not answer for the word.
  public func firstRow(ofWord word: Int) -> Int? {
    answers.contains(word) ? firstRows[word - words.lowerBound] : nil
  }
}
