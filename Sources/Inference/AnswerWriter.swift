import Corpora
package import Tasks

/// Writes answers as JSON lines:
///
///     {"id", "answer", "start", "end", "confidence", "nbest": [{"answer", "start", "end", "confidence"}, …]}
///
/// Offsets are 0-based and half-open, in Unicode scalars of the passage. `answer`, `start` and `end` are null where
/// there is no answer. The confidences of `nbest`, in which "no answer" is an entry like any other where the adapter can
/// say it, sum to one. Answers from a collection have the `document` as well, and offsets in it.
package struct AnswerWriter: Sendable {
  /// One entry of the list.
  private struct Entry {
    var text: String?
    var range: Range<Int>?
    var document: String?
    var confidence: Double
  }

  private var entries: [Entry] = []
  private let namesDocuments: Bool

  package init(_ answers: PassageAnswers, context: String) {
    namesDocuments = false
    entries = answers.answers.map {
      Entry(text: $0.text(in: context), range: $0.range, confidence: $0.confidence)
    }
    insert(null: answers.nullConfidence)
  }

  #if Documents
    package init(_ answers: CollectionAnswerer.Answers) {
      namesDocuments = true
      entries = answers.answers.map {
        Entry(text: $0.text, range: $0.range, document: $0.document, confidence: $0.confidence)
      }
      insert(null: answers.nullConfidence)
    }
  #endif

  /// Puts "no answer" at its place; of equals the answer comes first.
  private mutating func insert(null confidence: Double) {
    guard confidence > 0 || entries.isEmpty else { return }
    let place = entries.firstIndex { $0.confidence < confidence } ?? entries.count
    entries.insert(Entry(confidence: confidence), at: place)
  }

  /// One line, with its end.
  ///
  /// - Parameter id: JSON text; nil where the question has none.
  package func line(id: String?) -> [UInt8] {
    var bytes = Array("{\"id\":\(id ?? "null"),".utf8)
    append(entries[0], to: &bytes)
    bytes += ",\"nbest\":[".utf8
    for (index, entry) in entries.enumerated() {
      bytes += (index > 0 ? ",{" : "{").utf8
      append(entry, to: &bytes)
      bytes += "}".utf8
    }
    bytes += "]}\n".utf8
    return bytes
  }

  private func append(_ entry: Entry, to bytes: inout [UInt8]) {
    bytes += "\"answer\":".utf8
    if let text = entry.text, let range = entry.range {
      JSONText.append(text, to: &bytes)
      bytes += ",\"start\":\(range.lowerBound),\"end\":\(range.upperBound)".utf8
    } else {
      bytes += "null,\"start\":null,\"end\":null".utf8
    }
    bytes += ",\"confidence\":\((entry.confidence * 1e6).rounded() / 1e6)".utf8
    guard namesDocuments else { return }
    bytes += ",\"document\":".utf8
    if let document = entry.document {
      JSONText.append(document, to: &bytes)
    } else {
      bytes += "null".utf8
    }
  }
}
