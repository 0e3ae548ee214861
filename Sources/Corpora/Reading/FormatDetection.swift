/// Tells a file's format from how it begins.
public struct FormatDetection: Hashable, Sendable {
  /// How many bytes it looks at.
  public static let sampleSize = 64 << 10

  public let format: CorpusFormat
  /// The dialect as the file has it, for the CoNLL family.
  public let dialect: ConllDialect?

  /// The format of a file that begins with `sample`; nil if nothing fits.
  ///
  /// - Parameters:
  ///   - isWhole: whether the sample is the whole file; else its last line may be cut.
  ///   - name: the file's name: its extension counts where the bytes can be of several formats.
  ///   - tagColumn: where to look for tags: 1-based, negative from the end.
  public init?(sample: [UInt8], isWhole: Bool, name: String = "", tagColumn: Int? = nil) {
    let start = FormatSample(bytes: sample, isWhole: isWhole, name: name)
    for recognize in Self.recognizers {
      guard let format = recognize(start) else { continue }
      self.format = format
      dialect = format.dialect.map { RowSample(start, tagColumn: tagColumn).completed($0) }
      return
    }
    let rows = RowSample(start, tagColumn: tagColumn)
    guard let format = rows.format else { return nil }
    self.format = format
    dialect = format.dialect.map { rows.completed($0) }
  }

  /// A dialect that was named, with what only the file can say of it: how it writes its tags, which
  /// columns its header names.
  static func completed(
    _ dialect: ConllDialect, sample: [UInt8], isWhole: Bool, tagColumn: Int?
  ) -> ConllDialect {
    RowSample(FormatSample(bytes: sample, isWhole: isWhole, name: ""), tagColumn: tagColumn)
      .completed(dialect)
  }

  /// What formats with marks of their own are known by, the surest first.
  private static let recognizers: [@Sendable (FormatSample) -> CorpusFormat?] = [
    RowSample.hipe, OffsetXMLDetection.recognize,
    WebAnnoReader.recognize, Conll2012Reader.recognize, ConllUReader.recognize,
    SQuADReader.recognize,
    BioCReader.recognize, PubTatorReader.recognize, BratFiles.recognize,
    StandoffXMLReader.recognize,
    InlineXMLDetection.tei,
    InlineXMLDetection.timeML,
    InlineXMLDetection.harem,
    InlineXMLDetection.genia,
    InlineXMLDetection.enamex,
    InlineXMLDetection.vertical,
  ]
}
