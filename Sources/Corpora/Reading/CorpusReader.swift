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
    let collector = CorpusCollector()
    var sink = DocumentSink(options: options) { collector.append($0) }
    var format: CorpusFormat?
    for input in try CorpusInput.expanded(inputs) {
      let source = try ByteSource(input)
      let found = try detect(source, options: options)
      if format == nil { format = found.format }
      try read(source, as: found, into: &sink)
    }
    return try collector.finish(
      format: format ?? .conll, files: inputs.map(\.name).joined(separator: ", "),
      options: options, report: sink.report)
  }

  /// What a file is, by the options or by its first bytes, which stay in the source.
  ///
  /// - Throws: `CorpusError` if the file cannot be read or fits no format.
  public static func detect(
    _ source: ByteSource, options: CorpusOptions
  ) throws(CorpusError) -> (format: CorpusFormat, dialect: ConllDialect?) {
    if let format = options.format {
      guard let dialect = format.dialect else { return (format, nil) }
      let sample = try source.sample(FormatDetection.sampleSize)
      try WideText.refuse(sample.bytes, file: source.name)
      let completed = FormatDetection.completed(
        dialect, sample: sample.bytes, isWhole: sample.isWhole, tagColumn: options.tagColumn)
      return (format, try options.columns(of: completed))
    }
    let sample = try source.sample(FormatDetection.sampleSize)
    try WideText.refuse(sample.bytes, file: source.name)
    let detected = FormatDetection(
      sample: sample.bytes, isWhole: sample.isWhole, name: source.name,
      tagColumn: options.tagColumn)
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
    into sink: inout DocumentSink
  ) throws {
    var reader = try reader(
      of: found.format, dialect: found.dialect, file: source.name, sink.options)
    try reader.read(source, into: &sink)
  }

  /// The reader of a format; `dialect` for those of the CoNLL family.
  static func reader(
    of format: CorpusFormat, dialect: ConllDialect?, file: String, _ options: CorpusOptions
  ) throws(CorpusError) -> any DocumentReader {
    if let dialect {
      return ConllReader(
        dialect: dialect, file: file, encoding: options.encoding ?? .utf8,
        documentPerSentences: options.sentencesPerDocument)
    }
    switch format {
    case .gate: return GateReader()
    case .xmi: return XMIReader()
    case .inlineXML: return MarkupReader(profile: InlineProfile())
    case .enamex: return MarkupReader(profile: EnamexProfile())
    case .timeML: return MarkupReader(profile: TimeMLProfile())
    case .harem: return MarkupReader(profile: HaremProfile())
    case .genia: return MarkupReader(profile: GeniaProfile())
    case .tei: return MarkupReader(profile: TEIProfile())
    case .verticalXML: return VerticalXMLReader()
    case .jsonl: return JSONLinesReader()
    case .conllu: return ConllUReader(file: file)
    case .conll2012: return Conll2012Reader(file: file)
    case .webannoTSV: return WebAnnoReader(file: file)
    case .squad: return SQuADReader()
    case .tokens, .text: return PlainReader(format: format)
    case .bioc: return BioCReader()
    case .pubtator: return PubTatorReader()
    case .brat: return BratReader()
    case .standoffXML: return StandoffXMLReader()
    default:
      throw CorpusError(
        .option, file: file, expected: "a format that can be read", found: format.rawValue)
    }
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
