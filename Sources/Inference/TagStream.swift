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
  /// Whether another stream's output goes before.
  private let continues: Bool
  /// What has to stand between the output so far and another file's.
  private var joint: [UInt8]
  private var hasOutput = false
  private var waiting: [TagItem] = []
  private var waitingWords = 0

  /// - Parameters:
  ///   - file: the input's name, for messages.
  ///   - options: columns and encoding.
  ///   - minimumConfidence: spans below it are left out.
  ///   - previous: the stream, finished, whose output this one's goes on with: a sentence that its
  ///     file left open ends before this file begins.
  public init(
    file: String, input: TagInputFormat, output: TagOutputFormat, options: CorpusOptions,
    minimumConfidence: Double = 0, after previous: TagStream? = nil
  ) {
    parser = TagParser(file: file, input: input, options: options)
    writer = TagWriter(
      format: output, layout: input.layout, minimumConfidence: minimumConfidence)
    continues = previous.map { $0.continues || $0.hasOutput } ?? false
    joint = previous?.joint ?? []
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
      try put(writer.bytes(of: item, spans: Array(spans.prefix(count))), of: item, emit)
      spans = spans.dropFirst(count)
    }
  }

  private mutating func put(_ bytes: [UInt8], of item: TagItem, _ emit: Emit) throws {
    var bytes = bytes
    if !hasOutput, !bytes.isEmpty {
      hasOutput = true
      if continues {
        // A byte order mark belongs to the beginning of a file.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        bytes = joint + bytes
      }
    }
    joint = writer.joint(after: item, bytes)
    try emit(bytes)
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
