import Corpora

/// A corpus with the bytes that it was read from: the rows of CoNLL can be gone through again.
struct HeldCorpus {
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
}
