public import Corpora
import Tokenization

/// Tags a stream of bytes: in order, every word once, in bounded memory.
///
/// Feed it bytes as they come; it tags whenever enough words have gathered, and whenever `flush` is
/// called: a caller that would have to wait for more input flushes first, so that nobody waits for
/// an answer that could be given.
public struct TagStream: Sendable {
  /// Takes output.
  public typealias Emit = ([UInt8]) throws -> Void

  private var parser: TagParser
  private let writer: TagWriter
  private var waiting: [TagItem] = []
  private var waitingWords = 0

  /// - Parameters:
  ///   - file: the input's name, for messages.
  ///   - options: columns and encoding.
  ///   - minimumConfidence: spans below it are left out.
  public init(
    file: String, input: TagInputFormat, output: TagOutputFormat, options: CorpusOptions,
    minimumConfidence: Double = 0
  ) {
    parser = TagParser(file: file, input: input, options: options)
    writer = TagWriter(format: output, minimumConfidence: minimumConfidence)
  }

  /// Takes bytes, however they are cut, and tags what has gathered once it is enough.
  ///
  /// - Throws: `CorpusError` where the input is damaged (what came before is tagged first), and
  ///   whatever `emit` throws.
  public mutating func feed(_ bytes: [UInt8], tagger: inout Tagger, emit: Emit) throws {
    try take(tagger: &tagger, emit: emit) { parser, items throws in
      try parser.feed(bytes, into: &items)
    }
  }

  /// Ends the input and tags what is left.
  public mutating func finish(tagger: inout Tagger, emit: Emit) throws {
    try take(tagger: &tagger, emit: emit) { parser, items throws in
      try parser.finish(into: &items)
    }
    try flush(tagger: &tagger, emit: emit)
  }

  /// Tags what has gathered. A sentence of CoNLL that may go on still waits.
  public mutating func flush(tagger: inout Tagger, emit: Emit) throws {
    guard !waiting.isEmpty else { return }
    let items = waiting
    waiting = []
    waitingWords = 0
    var spans = try tagger.tag(sentences: items.flatMap(\.sentences))[...]
    for item in items {
      let count = item.sentences.count
      try emit(writer.bytes(of: item, spans: Array(spans.prefix(count))))
      spans = spans.dropFirst(count)
    }
  }

  private mutating func take(
    tagger: inout Tagger, emit: Emit, _ parse: (inout TagParser, inout [TagItem]) throws -> Void
  ) throws {
    var items: [TagItem] = []
    var failure: (any Error)?
    do {
      try parse(&parser, &items)
    } catch {
      failure = error
    }
    for item in items {
      waiting.append(item)
      waitingWords += item.sentences.reduce(1) { $0 + $1.count }
      if waitingWords >= Tagger.wordsPerBatch { try flush(tagger: &tagger, emit: emit) }
    }
    guard let failure else { return }
    try flush(tagger: &tagger, emit: emit)
    throw failure
  }
}
