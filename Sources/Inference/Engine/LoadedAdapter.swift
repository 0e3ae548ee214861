import Encoders
public import Foundation
public import Tasks
import Tokenization

/// An adapter in memory, ready for requests; it stays as long as one of them needs it.
public final class LoadedAdapter: Sendable {
  public let name: String
  public let configuration: AdapterConfiguration
  public let loadedAt: Date
  /// Of its files.
  public let byteCount: Int
  package let model: PackedModel
  let reader: Reader

  /// What it reads and how it decides.
  enum Reader: Sendable {
    case tagger(SentenceLayouts, TagDecoder)
    case answerer(QuestionLayouts, AnswerDecoder)
  }

  /// The most answers of one question that are told.
  static let answers = 5

  /// Reads an adapter's folder and makes it ready for an encoder.
  ///
  /// - Parameters:
  ///   - sha256: of the encoder's weights.
  ///   - path: of the encoder's folder, for messages.
  /// - Throws: `AdapterError`, `EncoderError` for damaged weights, `TemplateError` or `LayoutError` for a template that
  ///   does not fit.
  init(
    name: String, folder: URL, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer,
    sha256: String, path: String
  ) throws {
    let adapter = try Adapter(folder: folder)
    try adapter.check(encoder: encoder, sha256: sha256, path: path)
    self.name = name
    configuration = adapter.configuration
    loadedAt = Date()
    byteCount = try adapter.files().reduce(0) { $0 + $1.contents.count }
    let firstPosition: Int
    switch adapter.configuration.task {
    case .ner:
      let layouts = try adapter.sentenceLayouts(tokenizer: tokenizer)
      // A template that leaves no room is found now rather than by the first request.
      _ = try layouts.windows(of: ["a"])
      firstPosition = layouts.firstPosition
      reader = .tagger(layouts, try adapter.tagDecoder())
    case .qa:
      let layouts = try adapter.questionLayouts(tokenizer: tokenizer)
      try layouts.check(layouts.tokenize("a"))
      firstPosition = layouts.firstPosition
      reader = .answerer(layouts, adapter.answerDecoder(answers: Self.answers))
    }
    model = PackedModel(adapter.model, encoder: encoder, firstPosition: firstPosition)
  }
}
