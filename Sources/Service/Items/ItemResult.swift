import Inference
import Tasks

/// What an item gives.
enum ItemResult: Sendable {
  case tagged(TaggedText, id: String?)
  case answered(PassageAnswers, context: String, id: String?)

  /// One JSON object, with a line feed.
  var jsonLine: [UInt8] {
    switch self {
    case .tagged(let text, nil): text.jsonLine
    case .tagged(let text, let id?): Array("{\"id\":\(id),".utf8) + text.jsonLine.dropFirst()
    case .answered(let answers, let context, let id):
      AnswerWriter(answers, context: context).line(id: id)
    }
  }
}
