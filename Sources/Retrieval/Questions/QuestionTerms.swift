/// What is looked for to answer a question.
struct QuestionTerms: Hashable, Sendable {
  /// Different words, in the question's order and in small letters.
  let words: [String]
  /// Different pairs of neighbours, a space between them, of which at least one is in `words`.
  let pairs: [String]

  /// The most words, and the most pairs, that are looked for.
  static let most = 64
  /// The longest word that is looked for, in scalars.
  static let longest = 128

  /// - Parameter question: any text.
  init(_ question: String) {
    var content = TermList()
    var common = TermList()
    var pairs = TermList()
    var last: (term: String, isCommon: Bool)?
    Self.forEachWord(of: question) { term in
      guard let term else {
        last = nil
        return true
      }
      let isCommon = StopWords.english.contains(term)
      if isCommon { common.add(term) } else { content.add(term) }
      if let last, !(last.isCommon && isCommon) { pairs.add("\(last.term) \(term)") }
      last = (term, isCommon)
      return !content.isFull
    }
    words = content.isEmpty ? common.terms : content.terms
    self.pairs = pairs.terms
  }

  /// The words as an expression of FTS5, any of which will do; nil without words.
  var anyWord: String? { Self.anyOf(words) }

  /// The pairs as an expression of FTS5, any of which will do; nil without pairs.
  var anyPair: String? { Self.anyOf(pairs) }

  /// Terms have letters, digits, marks and spaces only, so none can end its quotes.
  private static func anyOf(_ terms: [String]) -> String? {
    terms.isEmpty ? nil : terms.map { "\"\($0)\"" }.joined(separator: " OR ")
  }

  /// Hands on each word in small letters, nil in place of one that is too long, while `body`
  /// returns true.
  private static func forEachWord(of question: String, _ body: (String?) -> Bool) {
    var word = String.UnicodeScalarView()
    var length = 0
    for scalar in question.unicodeScalars {
      if scalar.isInWords {
        length += 1
        if length <= longest { word.append(scalar) }
      } else if length > 0 {
        guard body(length > longest ? nil : String(word).lowercased()) else { return }
        word.removeAll(keepingCapacity: true)
        length = 0
      }
    }
    if length > 0 { _ = body(length > longest ? nil : String(word).lowercased()) }
  }
}

/// Different terms, up to as many as a question may have.
private struct TermList {
  private(set) var terms: [String] = []
  private var seen: Set<String> = []

  var isEmpty: Bool { terms.isEmpty }
  var isFull: Bool { terms.count == QuestionTerms.most }

  mutating func add(_ term: String) {
    if !isFull, seen.insert(term).inserted { terms.append(term) }
  }
}
