import Corpora
import Inference

/// The form in which tags are wanted, by `Accept`.
enum TagForm: CaseIterable {
  case json
  /// `text/plain` or `text/tab-separated-values`.
  case conll
  case xml

  var mediaType: String {
    switch self {
    case .json: "application/json"
    case .conll: "text/plain; charset=utf-8"
    case .xml: "application/xml"
    }
  }

  /// - Throws: `Problem` where none of what is accepted can be had.
  init(accept: String?) throws(Problem) {
    self = try Accept(accept).best(
      of: [
        "application/json": .json, "text/plain": .conll, "text/tab-separated-values": .conll,
        "application/xml": .xml, "text/xml": .xml,
      ], usual: [.json, .conll, .xml])
  }

  /// - Parameter id: as JSON text; the other forms have no place for it.
  func bytes(of text: TaggedText, id: String?) throws(Problem) -> [UInt8] {
    switch self {
    case .json: return ItemResult.tagged(text, id: id).jsonLine
    case .conll: return text.conll()
    case .xml:
      do {
        return try text.inlineXML()
      } catch {
        throw Problem(.notAcceptable, error.description)
      }
    }
  }
}
