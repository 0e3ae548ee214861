import Testing
import Tokenization

@Suite struct WordShapeTests {
  static let cases: [(String, WordShape)] = [
    ("apple", .lower), ("a", .lower), ("l'\u{e9}t\u{e9}", .lower), ("l'e\u{301}te\u{301}", .lower),
    ("co-op", .lower), ("\u{df}", .lower), ("東京a", .lower),
    ("Apple", .initialCapital), ("@Apple", .initialCapital), ("O'neill", .initialCapital),
    ("\u{c9}t\u{e9}", .initialCapital), ("E\u{301}te\u{301}", .initialCapital),
    ("\u{1c5}ep", .initialCapital), ("Ёлка", .initialCapital), ("A東京", .initialCapital),
    ("NASA", .allUpper), ("U.S.", .allUpper), ("R&D", .allUpper), ("\u{c9}\u{c9}", .allUpper),
    ("I", .singleCapital), ("J.", .singleCapital), ("\u{c9}", .singleCapital),
    ("E\u{301}", .singleCapital), ("\u{1c5}", .singleCapital), ("(A)", .singleCapital),
    ("iPhone", .mixed), ("McDonald", .mixed), ("U.S.-led", .mixed), ("eB", .mixed),
    ("東京A", .mixed), ("AB東", .mixed),
    ("2026", .digits), ("3.5%", .digits), ("\u{661}\u{662}", .digits), ("\u{bd}", .digits),
    ("-1", .digits),
    ("3rd", .digitsAndLower), ("mp3", .digitsAndLower), ("3月", .digitsAndLower),
    ("B-52", .digitsAndUpper), ("Covid19", .digitsAndUpper), ("4G", .digitsAndUpper),
    ("", .symbols), (".", .symbols), (":-)", .symbols), ("\u{301}", .symbols), (" ", .symbols),
    ("\u{1f600}", .symbols), ("\u{1f1e9}\u{1f1ea}", .symbols), ("\u{200b}", .symbols),
    ("\u{1f44d}\u{1f3fd}", .symbols),
    ("東京", .uncased), ("ひらがな", .uncased), ("مصر", .uncased), ("「東京」", .uncased),
  ]

  @Test(arguments: cases)
  func isWhatTheWordLooksLike(word: String, shape: WordShape) {
    #expect(
      WordShape(ofWord: word) == shape,
      "\(word): \(word.unicodeScalars.map { String($0.value, radix: 16) })")
  }

  @Test func everyCaseIsTried() {
    #expect(Set(Self.cases.map(\.1)) == Set(WordShape.allCases))
  }

  /// An adapter's rows are found by them.
  @Test func rawValuesNeverChange() {
    #expect(
      WordShape.allCases == [
        .lower, .initialCapital, .allUpper, .singleCapital, .mixed, .digits, .digitsAndLower,
        .digitsAndUpper, .symbols, .uncased,
      ])
    #expect(WordShape.allCases.map(\.rawValue) == Array(1...10))
  }
}
