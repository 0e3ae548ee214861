/// A text and its sentences.
///
/// Where the text comes from words alone (CoNLL, `tokens`), it is the words joined by single
/// spaces and the sentences joined by line feeds.
public struct Document: Hashable, Sendable {
  /// The document's name in its corpus, where it has one.
  public var id: String?
  /// The text that the words' ranges point into.
  public var text: String
  public var sentences: [Sentence]
  /// All that is annotated, in the order of the file; `Sentence.spans` are the flat ones of these,
  /// chosen by `Nesting`, that a tagger trains on.
  public var annotations: [Annotation]
  /// Parts of the text, ascending and without overlap; a sentence never goes across.
  public var sections: [Section]
  public var attributes: [Attribute]

  public init(
    id: String? = nil, text: String, sentences: [Sentence], annotations: [Annotation] = [],
    sections: [Section] = [], attributes: [Attribute] = []
  ) {
    self.id = id
    self.text = text
    self.sentences = sentences
    self.annotations = annotations
    self.sections = sections
    self.attributes = attributes
  }

  /// A document of raw text without spans, split into sentences and words by `split`.
  public init(id: String? = nil, text: String, split: TextSplit) {
    let builder = DocumentBuilder(id: id)
    let scalars = Array(text.unicodeScalars)
    let sentences = split(text).map { ranges in
      Sentence(words: builder.words(at: ranges, in: scalars))
    }
    self.init(id: id, text: text, sentences: sentences)
  }

  /// A document of one sentence whose words are already known.
  public init(id: String? = nil, words: [String], spans: [EntitySpan] = []) {
    var builder = DocumentBuilder(id: id)
    builder.append(words: words, spans: spans)
    self = builder.finished()
    annotations = flatAnnotations
  }

  /// The sentences' flat spans as annotations.
  public var flatAnnotations: [Annotation] {
    sentences.flatMap { sentence in
      sentence.spans.map { span in
        Annotation(label: span.label, range: sentence.range(of: span))
      }
    }
  }
}

/// Splits raw text: for each sentence the ranges of its words, in Unicode scalars of the text,
/// ascending and without overlap.
public typealias TextSplit = @Sendable (String) -> [[Range<Int>]]
