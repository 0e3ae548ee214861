/// A sentence of a text.
public struct SplitSentence: Hashable, Sendable {
  /// Where its words stand in the text, in Unicode scalars, 0-based and half-open; in order, never empty.
  public var words: [Range<Int>]

  public init(words: [Range<Int>]) {
    self.words = words
  }

  /// From its first word to its last.
  public var range: Range<Int> {
    guard let first = words.first, let last = words.last else { return 0..<0 }
    return first.lowerBound..<last.upperBound
  }
}

/// A text with its sentences.
public struct SplitText: Sendable {
  /// The text; all ranges count these.
  public let scalars: [Unicode.Scalar]
  public let sentences: [SplitSentence]

  /// A part of the text, in time that depends on the part only.
  public func text(in range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  /// The words of a sentence as strings.
  public func words(of sentence: SplitSentence) -> [String] {
    sentence.words.map(text(in:))
  }
}

/// Splits raw text, such as English news and web pages, into sentences and words by rule.
///
/// Every scalar that is not white space is in exactly one word. Words are much as in the Penn Treebank:
/// - letters and digits make a word, with `_`, and with what stands between two of them: `-`, an apostrophe
///   (`O'Brien`), a full stop (`example.org`, `3.14`, but not `end.Next`), `&` between capitals (`AT&T`),
///   and between digits `:`, `/`, and `,` before exactly three digits (`1,000.50`, `3:45`, `1/2`);
/// - contractions are cut: `do|n't`, `we|'ve`, `John|'s`, `can|not`, `gon|na`; so with `’`;
/// - abbreviations (`Abbreviations`), initials and acronyms keep their full stop: `Mr.`, `J.`, `U.S.`;
///   `No.` and its like only before a number;
/// - URLs, e-mail addresses, `@names`, `#tags` and emoticons between spaces are a word each;
/// - an emoji with modifiers, selectors and joined emoji is a word, and so is a flag or a keycap;
/// - every ideograph and kana is a word; marks, joiners and format characters go with what is before them;
/// - runs of full stops, of `!` and `?`, of dashes, or of one of ``*=_~#+/\|<>^`` are a word; any other
///   symbol is a word by itself (`$|5`, `50|%`).
///
/// A sentence ends after `.`, `!`, `?` or `…`, with the quotes and brackets that close after it, unless a
/// word in lower case or `,;:)` follows; after an abbreviation only before a capitalised word that often
/// begins a sentence; always after `。！？`. A number and a full stop that begin a sentence do not end it
/// (`1. First`). One line break is a space, as text may be wrapped; a blank line always ends a sentence.
///
/// Time is linear in the text, whatever the text is.
public struct TextSplitter: Sendable {
  public init() {}

  /// The sentences of a text; empty if it is all white space.
  public func sentences(of text: String) -> [SplitSentence] {
    sentences(of: Array(text.unicodeScalars))
  }

  /// The sentences of a text that is scalars already.
  public func sentences(of scalars: [Unicode.Scalar]) -> [SplitSentence] {
    var scanner = WordScanner(scalars)
    scanner.scan()
    return SentenceRules(scalars: scalars, words: scanner.words).sentences()
  }

  /// The text with its sentences, for access to words as strings.
  public func split(_ text: String) -> SplitText {
    let scalars = Array(text.unicodeScalars)
    return SplitText(scalars: scalars, sentences: sentences(of: scalars))
  }
}
