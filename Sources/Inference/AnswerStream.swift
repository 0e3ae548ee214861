public import Corpora
import Tasks

/// Answers a stream of questions, one JSON object a line, in order and in bounded memory.
///
/// Feed it bytes as they come; it answers whenever enough text has gathered, and whenever `flush` is called: a caller
/// that would have to wait for more input flushes first, so that nobody waits for an answer that could be given.
public struct AnswerStream: Sendable {
  /// Where answers come from.
  public enum Source: Sendable {
    /// Each question's own `context`.
    case contexts(Answerer)
    #if Documents
      /// Documents; lines need no `context`.
      case collection(CollectionAnswerer)
    #endif
  }

  /// Takes output.
  public typealias Emit = ([UInt8]) throws -> Void

  /// Nil while it is at work, so that its buffers are its own.
  private var answering: Source?
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
  ///   - source: where answers come from.
  ///   - file: the input's name, for messages.
  ///   - encoding: nil for UTF-8.
  public init(_ source: Source, file: String, encoding: TextEncoding? = nil) {
    answering = source
    self.file = file
    self.encoding = encoding
    lines = LineStream(file: file)
  }

  /// Takes bytes, however they are cut, and answers what has gathered once it is enough.
  ///
  /// - Throws: `CorpusError` where the input is damaged or a question cannot be asked (what came before is answered
  ///   first), and whatever `emit` throws.
  public mutating func feed(_ bytes: [UInt8], emit: Emit) throws {
    let bytes = encoding?.utf8(bytes) ?? bytes
    try take(emit: emit) { lines, body throws in
      try lines.feed(bytes, body)
    }
  }

  /// Ends the input and answers what is left.
  public mutating func finish(emit: Emit) throws {
    try take(emit: emit) { lines, body throws in try lines.finish(body) }
    try flush(emit: emit)
  }

  /// Answers what has gathered.
  public mutating func flush(emit: Emit) throws {
    guard !waiting.isEmpty else { return }
    let items = waiting
    (waiting, waitingBytes) = ([], 0)
    for (item, result) in zip(items, try results(items.map(\.line))) {
      switch result {
      case .success(let line): try emit(line)
      case .failure(let error):
        throw CorpusError(
          file: file, line: item.number, expected: error.expected, found: error.found)
      }
    }
  }

  /// For another stream to go on with.
  public consuming func finished() -> Source? { answering }

  /// Lines of output, or why there is none.
  private mutating func results(
    _ lines: [QuestionLine]
  ) throws -> [Result<[UInt8], QuestionError>] {
    switch answering.take() {
    case nil: return []
    case .contexts(var answerer)?:
      defer { answering = .contexts(answerer) }
      let found = try answerer.answers(
        to: lines.map { PassageQuestion(question: $0.question, context: $0.context) })
      return zip(lines, found).map { line, result in
        result.map { AnswerWriter($0, context: line.context).line(id: line.idJSON) }
      }
    #if Documents
      case .collection(var answerer)?:
        defer { answering = .collection(answerer) }
        return try lines.map { line in
          do {
            return .success(
              AnswerWriter(try answerer.answers(to: line.question)).line(id: line.idJSON))
          } catch let error as QuestionError {
            return .failure(error)
          }
        }
    #endif
    }
  }

  private var readsContexts: Bool {
    if case .contexts? = answering { true } else { false }
  }

  private mutating func take(
    emit: Emit,
    _ read: (inout LineStream, (Line) throws -> Void) throws -> Void
  ) throws {
    var found: [Waiting] = []
    var failure: (any Error)?
    let (file, readsContexts) = (file, readsContexts)
    do {
      try read(&lines) { line throws in
        guard
          let question = try QuestionLine(
            line, file: file, needsContext: readsContexts)
        else { return }
        found.append(Waiting(line: question, number: line.number))
      }
    } catch {
      failure = error
    }
    for item in found {
      waiting.append(item)
      waitingBytes += item.line.context.utf8.count + item.line.question.utf8.count
      // A question of a collection has passages enough.
      if !readsContexts || waitingBytes >= Self.bytesPerBatch { try flush(emit: emit) }
    }
    guard let failure else { return }
    try flush(emit: emit)
    throw failure
  }
}
