import Corpora
package import Tasks

/// Writes answers as JSON lines:
///
///     {"id", "answer", "start", "end", "confidence", "nbest": [{"answer", "start", "end", "confidence"}, …]}
///
/// Offsets are 0-based and half-open, in Unicode scalars of the passage. `answer`, `start` and `end` are null where
/// there is no answer. The confidences of `nbest`, in which "no answer" is an entry like any other where the adapter can
/// say it, sum to one.
package enum AnswerWriter {
  /// One line, with its end.
  ///
  /// - Parameters:
  ///   - id: JSON text; nil where the question has none.
  ///   - members: JSON texts that stand before `nbest`, by key.
  package static func line(
    id: String?, answers: PassageAnswers, context: String,
    members: [(key: String, json: String)] = []
  ) -> [UInt8] {
    let scalars = Array(context.unicodeScalars)
    var bytes = Array("{\"id\":".utf8)
    bytes += (id ?? "null").utf8
    bytes += ",".utf8
    append(answers.best?.range, answers.confidence, scalars, to: &bytes)
    for member in members {
      bytes += ",".utf8
      JSONText.append(member.key, to: &bytes)
      bytes += ":".utf8
      bytes += member.json.utf8
    }
    bytes += ",\"nbest\":[".utf8
    for (index, entry) in entries(answers).enumerated() {
      bytes += (index > 0 ? ",{" : "{").utf8
      append(entry.range, entry.confidence, scalars, to: &bytes)
      bytes += "}".utf8
    }
    bytes += "]}\n".utf8
    return bytes
  }

  /// The answers and, where the adapter can say it, that there is none: the most probable first.
  private static func entries(
    _ answers: PassageAnswers
  ) -> [(range: Range<Int>?, confidence: Double)] {
    var entries: [(range: Range<Int>?, confidence: Double)] = answers.answers.map {
      ($0.range, $0.confidence)
    }
    if answers.nullConfidence > 0 {
      let place = entries.firstIndex { $0.confidence < answers.nullConfidence }
      entries.insert((nil, answers.nullConfidence), at: place ?? entries.count)
    }
    return entries
  }

  private static func append(
    _ range: Range<Int>?, _ confidence: Double, _ scalars: [Unicode.Scalar],
    to bytes: inout [UInt8]
  ) {
    bytes += "\"answer\":".utf8
    if let range {
      JSONText.append(String(String.UnicodeScalarView(scalars[range])), to: &bytes)
      bytes += ",\"start\":\(range.lowerBound),\"end\":\(range.upperBound)".utf8
    } else {
      bytes += "null,\"start\":null,\"end\":null".utf8
    }
    bytes += ",\"confidence\":\((confidence * 1e6).rounded() / 1e6)".utf8
  }
}
