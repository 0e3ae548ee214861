import Corpora

/// One input of `convert`, with its bytes: CoNLL is rewritten rather than written anew.
struct ConvertibleCorpus {
  let name: String
  let corpus: Corpus
  /// The input in UTF-8.
  let bytes: [UInt8]
  /// nil for formats other than CoNLL's.
  let dialect: ConllDialect?

  /// - Throws: `CorpusError`.
  init(_ input: CorpusInput, options: CorpusOptions) throws {
    let source = try ByteSource(input)
    var bytes: [UInt8] = []
    while let chunk = try source.next() { bytes += chunk }
    let held = CorpusInput.bytes(bytes, name: input.name)
    let corpus = try CorpusReader.read([held], options: options)
    let dialect = try CorpusReader.detect(try ByteSource(held), options: options).dialect
    self.name = input.name
    self.corpus = corpus
    self.dialect = dialect
    self.bytes = dialect == nil ? [] : (options.encoding ?? .utf8).utf8(bytes)
  }

  /// Whether the input says where its documents are. A CoNLL file without `-DOCSTART-` and a file of
  /// `tokens` do not: they are a run of sentences.
  var marksDocuments: Bool {
    switch corpus.format {
    case .jsonl, .text: true
    case .tokens: false
    case .conll2003, .wnut17, .uner, .conll, .inlineXML:
      corpus.documents.count > 1 || corpus.documents.contains { $0.id != nil }
    }
  }

  /// Pairs of spans side by side with one label, which tags without `B-` cannot keep apart.
  var touchingSpans: Int {
    corpus.sentences.reduce(0) { count, sentence in
      count
        + zip(sentence.spans, sentence.spans.dropFirst()).count { left, right in
          left.words.upperBound == right.words.lowerBound
            && left.label.utf8.elementsEqual(right.label.utf8)
        }
    }
  }
}
