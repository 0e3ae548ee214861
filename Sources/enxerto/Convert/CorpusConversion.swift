import Corpora

/// Writes a corpus in another format.
struct CorpusConversion {
  var format: OutputFormat
  var scheme: TagScheme
  var columns: ConllOutputColumns

  /// - Throws: `CorpusError` for words that the format cannot hold.
  func bytes(of input: HeldCorpus) throws -> [UInt8] {
    switch format {
    case .conll: try conll(input)
    case .jsonl: jsonLines(input)
    case .tokens: try tokens(input)
    case .text: text(input)
    }
  }

  // MARK: CoNLL

  private func conll(_ input: HeldCorpus) throws -> [UInt8] {
    if let dialect = input.dialect, columns == .all {
      return try rewritten(input, dialect: dialect)
    }
    let documents = input.corpus.documents
    // Marks between documents of one sentence would say no more than the blank lines do.
    let marks = input.marksDocuments && documents.contains { $0.sentences.count > 1 }
    let writer = ConllWriter(scheme: scheme, marksDocuments: marks)
    var result: [UInt8] = []
    for document in documents where !document.sentences.allSatisfy(\.words.isEmpty) {
      result += try writer.bytes(of: document)
    }
    return result
  }

  /// The input with other tags, every other byte as it was.
  private func rewritten(_ input: HeldCorpus, dialect: ConllDialect) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(input.bytes.count)
    let place: ConllWriter.TagPlace =
      input.corpus.isAnnotated ? .replace(column: dialect.tagColumn) : .append
    var stream = ConllStream(dialect: dialect, file: input.name)
    var next = 0
    let take: (ConllEvent) -> Void = { event in
      switch event {
      case .line(let line): result += ConllWriter.bytes(of: line)
      case .sentence(let sentence):
        let spans = input.corpus.sentences[next].spans
        next += 1
        result += ConllWriter.bytes(
          of: sentence, tags: scheme.encode(spans, count: sentence.rows.count), place: place)
      }
    }
    try stream.feed(input.bytes, take)
    try stream.finish(take)
    return result
  }

  // MARK: JSON lines

  private func jsonLines(_ input: HeldCorpus) -> [UInt8] {
    let documents =
      input.marksDocuments
      ? input.corpus.documents : input.corpus.documents.flatMap(Self.sentencesAlone)
    return documents.flatMap { JSONLinesWriter.bytes(of: $0) }
  }

  /// Each sentence as a document of its own.
  private static func sentencesAlone(of document: Document) -> [Document] {
    let scalars = Array(document.text.unicodeScalars)
    return document.sentences.compactMap { sentence in
      guard let first = sentence.words.first, let last = sentence.words.last else { return nil }
      let range = first.range.lowerBound..<last.range.upperBound
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[range])
      var sentence = sentence
      for index in sentence.words.indices {
        let old = sentence.words[index].range
        sentence.words[index].range =
          old.lowerBound - range.lowerBound..<old.upperBound - range.lowerBound
      }
      return Document(text: String(text), sentences: [sentence])
    }
  }

  // MARK: Without annotations

  private func tokens(_ input: HeldCorpus) throws -> [UInt8] {
    var result: [UInt8] = []
    for (number, sentence) in input.corpus.sentences.enumerated() where !sentence.words.isEmpty {
      for (index, word) in sentence.words.enumerated() {
        let bytes = Array(word.text.utf8)
        guard !bytes.isEmpty, !bytes.contains(where: { " \t\n\r".utf8.contains($0) }) else {
          throw CorpusError(
            file: input.name,
            expected: "words that are not empty and hold no white space (for tokens)",
            found: "\"\(word.text)\" in sentence \(number + 1)")
        }
        if index > 0 { result.append(UInt8(ascii: " ")) }
        result += bytes
      }
      result.append(UInt8(ascii: "\n"))
    }
    return result
  }

  private func text(_ input: HeldCorpus) -> [UInt8] {
    input.corpus.documents.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] }
  }
}
