import Kernels
package import PTuning
package import Tokenization

/// Why a question cannot be asked of a passage.
public enum QuestionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text has no word: it is empty, or nothing but white space and control characters.
  case noWords(field: String)
  /// The question leaves too little room for the passage.
  case tooLong(wordpieces: Int, limit: Int)

  public var expected: String {
    switch self {
    case .noWords(let field): "words in the \(field)"
    case .tooLong(_, let limit):
      "a question of at most \(limit) wordpieces, so that a window has room for the passage"
    }
  }

  public var found: String {
    switch self {
    case .noWords: "none"
    case .tooLong(let wordpieces, _): "one of \(wordpieces)"
    }
  }

  public var description: String { "expected \(expected), found \(found)" }
}

/// Lays out questions and passages in windows.
package struct QuestionLayouts: Sendable {
  /// The names of a template's fields.
  package static let question = "question"
  package static let context = "context"

  package let tokenizer: WordpieceTokenizer
  package let template: ResolvedTemplate
  package let answering: AnsweringConfiguration
  /// The position of every window's first row.
  package let firstPosition: Int
  private let usesShapes: Bool
  private let contextField: Int

  /// - Parameters:
  ///   - template: with the fields `question` and `context`.
  ///   - prompt: says whether shapes are needed, and where positions begin.
  package init(
    tokenizer: WordpieceTokenizer, template: ResolvedTemplate,
    answering: AnsweringConfiguration, prompt: PromptConfiguration
  ) {
    self.tokenizer = tokenizer
    self.template = template
    self.answering = answering
    firstPosition = prompt.firstPosition
    usesShapes = prompt.usesShapes
    contextField = template.fields.firstIndex { $0.utf8.elementsEqual(Self.context.utf8) } ?? 0
    precondition(template.fields.count == 2, "a question and a context")
  }

  /// A window must have room for so many wordpieces of the passage.
  package static let leastRoom = 32

  package func tokenize(_ text: String) -> TokenizedText {
    TokenizedText(text, tokenizer: tokenizer, withShapes: usesShapes)
  }

  /// Makes sure that a question can be asked of any passage.
  ///
  /// - Throws: as ``windows(question:context:)``.
  package func check(_ question: TokenizedText) throws {
    _ = try windows(
      question: question,
      context: TokenizedText(
        wordpieces: Array(repeating: [tokenizer.unknownID], count: Self.leastRoom)))
  }

  /// The windows of a passage, in order; each word of it is in one of them, and a run of words that fits into what
  /// windows share is whole in one.
  ///
  /// - Throws: ``QuestionError``, or `LayoutError` where the template alone leaves no room.
  package func windows(question: TokenizedText, context: TokenizedText) throws -> LayoutPlan {
    guard !question.isEmpty else { throw QuestionError.noWords(field: "question") }
    guard !context.isEmpty else { throw QuestionError.noWords(field: "context") }
    let room = try template.room(maximumRows: answering.windowRows)
    guard room > Self.leastRoom else {
      throw LayoutError.noRoom(
        taken: answering.windowRows - room, of: answering.windowRows)
    }
    let length = question.wordpieceCount
    guard room - length >= min(Self.leastRoom, context.wordpieceCount) else {
      throw QuestionError.tooLong(wordpieces: length, limit: room - Self.leastRoom)
    }
    let isContextFirst = contextField == 0
    return try template.plan(
      fields: isContextFirst
        ? [context.wordpieces, question.wordpieces] : [question.wordpieces, context.wordpieces],
      shapes: isContextFirst
        ? [context.shapes, question.shapes] : [question.shapes, context.shapes],
      splitting: contextField, maximumRows: answering.windowRows, overlap: answering.stride)
  }
}
