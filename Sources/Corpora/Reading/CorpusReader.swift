public import Foundation

/// Reads corpora of any format.
public enum CorpusReader {
  /// The corpus in the files, in order; a file named `-` is standard input.
  ///
  /// - Throws: `CorpusError`.
  public static func read(files: [URL], options: CorpusOptions) throws -> Corpus {
    try read(
      files.map { url in
        url.relativePath == "-" || url.relativeString == "-"
          ? .standardInput : .file(url.relativePath)
      }, options: options)
  }

  /// The corpus in the inputs, in order.
  ///
  /// - Throws: `CorpusError`.
  public static func read(_ inputs: [CorpusInput], options: CorpusOptions) throws -> Corpus {
    var assembler = CorpusAssembler(
      requiresAnnotations: options.requiresAnnotations, scheme: options.scheme)
    var format: CorpusFormat?
    for input in inputs {
      let source = try ByteSource(input)
      let found = try detect(source, options: options)
      if format == nil { format = found.format }
      try read(source, as: found, options: options, into: &assembler)
    }
    return try assembler.finish(
      format: format ?? .conll, files: inputs.map(\.name).joined(separator: ", "))
  }

  /// What a file is, by the options or by its first bytes, which stay in the source.
  ///
  /// - Throws: `CorpusError` if the file cannot be read or fits no format.
  public static func detect(
    _ source: ByteSource, options: CorpusOptions
  ) throws(CorpusError) -> (format: CorpusFormat, dialect: ConllDialect?) {
    if let format = options.format {
      guard let dialect = format.dialect else { return (format, nil) }
      return (format, try options.columns(of: dialect))
    }
    let sample = try source.sample(FormatDetection.sampleSize)
    let detected = FormatDetection(
      sample: sample.bytes, isWhole: sample.isWhole, tagColumn: options.tagColumn)
    if let detected {
      guard let dialect = detected.dialect else { return (detected.format, nil) }
      return (detected.format, try options.columns(of: dialect))
    }
    if options.wordColumn != nil || options.tagColumn != nil {
      return (.conll, try options.columns(of: .generic))
    }
    let first =
      sample.bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
    throw CorpusError(
      file: source.name, line: 1,
      expected: "a corpus in a known format (or one named with --corpus-format)",
      found: String(decoding: first, as: UTF8.self).quoted)
  }

  private static func read(
    _ source: ByteSource, as found: (format: CorpusFormat, dialect: ConllDialect?),
    options: CorpusOptions, into assembler: inout CorpusAssembler
  ) throws {
    if let dialect = found.dialect {
      var reader = ConllReader(
        dialect: dialect, file: source.name, encoding: options.encoding ?? .utf8)
      try reader.read(source, into: &assembler)
      return
    }
    switch found.format {
    case .inlineXML:
      var reader = InlineXMLReader(file: source.name, split: options.split)
      try reader.read(source, encoding: options.encoding, into: &assembler)
    case .jsonl:
      let reader = JSONLinesReader(file: source.name, split: options.split)
      try lines(of: source, options) { line in try reader.take(line, into: &assembler) }
    case .tokens, .text:
      if options.requiresAnnotations {
        throw CorpusError(
          file: source.name, expected: "a corpus with annotations",
          found: "the format \(found.format.rawValue)")
      }
      try lines(of: source, options) { line in
        let document =
          found.format == .text
          ? Document(text: line.text, split: options.split)
          : Document(words: TokensLine.words(line.content))
        assembler.append(document, tags: [], file: source.name)
      }
    case .conll2003, .wnut17, .uner, .conll:
      preconditionFailure("these have a dialect")
    }
  }

  private static func lines(
    of source: ByteSource, _ options: CorpusOptions, _ body: (Line) throws -> Void
  ) throws {
    let encoding = options.encoding ?? .utf8
    var stream = LineStream(file: source.name)
    while let chunk = try source.next() { try stream.feed(encoding.utf8(chunk), body) }
    try stream.finish(body)
  }
}

/// One line of the format `tokens`.
public enum TokensLine {
  /// The words of the line: what stands between runs of ASCII spaces and tabs.
  public static func words(_ content: ArraySlice<UInt8>) -> [String] {
    content.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Where the same words stand in the line, in Unicode scalars.
  public static func places(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
    scalars.indices.split { scalars[$0] == " " || scalars[$0] == "\t" }
      .map { $0.startIndex..<$0.endIndex }
  }
}
