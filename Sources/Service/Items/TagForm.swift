import Corpora
import Inference

/// The form in which tags are wanted, by `Accept`: its media type. Of equally welcome ones the earlier is taken.
enum TagForm: String, CaseIterable {
  case json = "application/json"
  case conll = "text/plain"
  case tabs = "text/tab-separated-values"
  case xml = "application/xml"
  case textXML = "text/xml"

  /// As in `Content-Type`.
  var contentType: String {
    rawValue.hasPrefix("text/") ? "\(rawValue); charset=utf-8" : rawValue
  }

  /// - Throws: `Problem` where none of what is accepted can be had.
  init(accept: String?) throws(Problem) {
    let all = Self.allCases
    self = try Accept(accept).best(
      of: Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, $0) }), usual: all)
  }

  /// - Parameter id: as JSON text; the other forms have no place for it.
  func bytes(of text: TaggedText, id: String?) throws(Problem) -> [UInt8] {
    switch self {
    case .json: return ItemResult.tagged(text, id: id).jsonLine
    case .conll, .tabs: return text.conll()
    case .xml, .textXML:
      do {
        return try text.inlineXML()
      } catch {
        throw Problem(.notAcceptable, error.description)
      }
    }
  }
}
