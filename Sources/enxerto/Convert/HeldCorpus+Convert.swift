import Corpora

extension HeldCorpus {
  /// Whether the input says where its documents are. A CoNLL file without `-DOCSTART-` and a file of
  /// `tokens` do not: they are a run of sentences.
  var marksDocuments: Bool {
    switch corpus.format {
    case .jsonl, .text: true
    case .tokens: false
    default:
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
