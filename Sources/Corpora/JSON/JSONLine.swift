/// One line of the format `jsonl`.
///
///     {"id"?, "text", "sentences"?, "sections"?, "attributes"?, "spans": [
///       {"start", "end", "text", "label", "confidence"?, "fragments"?, "layer"?, "id"?,
///        "attributes"?}], …}
///
/// Offsets count Unicode scalars of the text, from 0, half-open.
/// - `fragments`: `[[start, end], …]` of a discontinuous span, whose `start` and `end` are then
///   those of the whole.
/// - `sentences`: `[[[start, end], …], …]`, the words of each sentence, where they are not what
///   splitting the text gives. A word whose text is not what stands there has its text as a third
///   element; `true` or `false` behind says whether a space follows, where the text does not say
///   it. The columns and comments of CoNLL are not part of the format.
/// - `sections`: `[{"start", "end", "attributes"?}, …]`.
/// - `attributes`: an object of strings; or, where a name comes twice, `[[name, value], …]`. Values
///   of other kinds are read as their JSON text.
///
/// Instead of a text a line may have `tokens` (or `words`), with `tags` (or `ner_tags`) or with
/// spans whose offsets count tokens. With both, the tokens are looked for in the text, and offsets
/// count scalars. Spans are read as well from `entities`, `label` and `labels`, and as
/// `[start, end, label]`. Members of other names are kept as they are.
public struct JSONLine: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    /// Empty or white space.
    case blank
    case text(String)
    case tokens([String])
  }

  public var content: Content
  /// The name; a number's text where the line has a number.
  public var id: String?
  /// nil where the line has no spans.
  public var spans: [JSONSpan]?
  /// One for each token; nil where the line has none.
  public var tags: [String]?
  /// The words of a text, where the line gives them.
  public var sentences: [[Word]]?
  public var sections: [Section] = []
  public var attributes: [Attribute] = []
  /// What the line has besides; an `id` that is no string stands first.
  public var others: [JSONMember] = []

  public init(content: Content, id: String? = nil, spans: [JSONSpan]? = nil) {
    self.content = content
    self.id = id
    self.spans = spans
  }

  /// Reads a line.
  ///
  /// - Throws: `CorpusError` with the line's number and, where it can be told, the column.
  public init(_ line: Line, file: String) throws(CorpusError) {
    self.init(content: .blank)
    guard !line.content.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return }
    let fields = JSONFields(file: file, line: line)
    var object = try fields.object("an object with \"text\" or \"tokens\"")
    let name = try object.takeName()
    id = name.id
    others = name.other.map { [$0] } ?? []
    let text = try object.takeString("text")
    let tokens = try object.takeTokens(isRequired: text == nil)
    var scalars: [Unicode.Scalar]?
    switch (text, tokens) {
    case (let text?, let tokens):
      content = .text(text)
      let found = Array(text.unicodeScalars)
      scalars = found
      if let tokens {
        sentences = [try fields.words(tokens, in: found)]
      } else {
        sentences = try object.takeSentences(found)
      }
      sections = try object.takeSections(found)
    case (nil, let tokens?): content = .tokens(tokens.tokens.map(\.text))
    case (nil, nil): throw fields.error("\"text\" or \"tokens\"", "neither", at: 0)
    }
    attributes = object.takeAttributes()
    let space = JSONSpanSpace(scalars: scalars, count: scalars?.count ?? tokens?.tokens.count ?? 0)
    spans = try object.takeSpans(in: space)
    tags = try object.takeTags(tokens: tokens?.tokens.count, hasSpans: spans != nil)
    others += object.rest
  }

  /// Whether the line has tags that are numbers, whose names stand elsewhere.
  var hasNumberTags: Bool {
    guard tags == nil else { return false }
    return others.contains { member in
      guard member.key.hasSameBytes(as: "ner_tags"),
        let list = JSONMemberAttributes.value(of: member.json)?.array
      else { return false }
      return list.contains { if case .number = $0 { true } else { false } }
    }
  }
}
