public import Corpora
import Tasks

/// Answers a stream of questions, one JSON object a line, in order and in bounded memory.
///
/// Feed it bytes as they come; it answers whenever enough text has gathered, and whenever `flush` is called: a caller
/// that would have to wait for more input flushes first, so that nobody waits for an answer that could be given.
public struct AnswerStream: Sendable {
  /// Takes output.
  public typealias Emit = ([UInt8]) throws -> Void

  private let file: String
  private let encoding: TextEncoding?
  private var lines: LineStream
  private var waiting: [Waiting] = []
  private var waitingBytes = 0

  private struct Waiting: Sendable {
    var line: QuestionLine
    var number: Int
  }

  /// So many bytes of text are answered at a time: enough to keep all threads busy.
  private static let bytesPerBatch = 1 << 16

  /// - Parameters:
  ///   - file: the input's name, for messages.
  ///   - encoding: nil for UTF-8.
  public init(file: String, encoding: TextEncoding? = nil) {
    self.file = file
    self.encoding = encoding
    lines = LineStream(file: file)
  }

  /// Takes bytes, however they are cut, and answers what has gathered once it is enough.
  ///
  /// - Throws: `CorpusError` where the input is damaged or a question cannot be asked (what came before is answered
  ///   first), and whatever `emit` throws.
  public mutating func feed(_ bytes: [UInt8], answerer: inout Answerer, emit: Emit) throws {
    let bytes = encoding?.utf8(bytes) ?? bytes
    try take(answerer: &answerer, emit: emit) { lines, body throws in
      try lines.feed(bytes, body)
    }
  }

  /// Ends the input and answers what is left.
  public mutating func finish(answerer: inout Answerer, emit: Emit) throws {
    try take(answerer: &answerer, emit: emit) { lines, body throws in try lines.finish(body) }
    try flush(answerer: &answerer, emit: emit)
  }

  /// Answers what has gathered.
  public mutating func flush(answerer: inout Answerer, emit: Emit) throws {
    guard !waiting.isEmpty else { return }
    let items = waiting
    (waiting, waitingBytes) = ([], 0)
    let found = try answerer.answers(
      to: items.map { PassageQuestion(question: $0.line.question, context: $0.line.context) })
    for (item, result) in zip(items, found) {
      switch result {
      case .success(let answers):
        try emit(
          AnswerWriter.line(id: item.line.idJSON, answers: answers, context: item.line.context))
      case .failure(let error):
        throw CorpusError(
          file: file, line: item.number, expected: error.expected, found: error.found)
      }
    }
  }

  private mutating func take(
    answerer: inout Answerer, emit: Emit,
    _ read: (inout LineStream, (Line) throws -> Void) throws -> Void
  ) throws {
    var found: [Waiting] = []
    var failure: (any Error)?
    do {
      try read(&lines) { line throws in
        guard let question = try QuestionLine(line, file: file) else { return }
        found.append(Waiting(line: question, number: line.number))
      }
    } catch {
      failure = error
    }
    for item in found {
      waiting.append(item)
      waitingBytes += item.line.context.utf8.count + item.line.question.utf8.count
      if waitingBytes >= Self.bytesPerBatch { try flush(answerer: &answerer, emit: emit) }
    }
    guard let failure else { return }
    try flush(answerer: &answerer, emit: emit)
    throw failure
  }
}
