import Corpora
import Tasks

/// Writes what was read with the tags that were found.
struct TagWriter: Sendable {
  let format: TagOutputFormat
  /// Of the rows that were read.
  let layout: TagRowLayout
  let minimumConfidence: Double

  /// - Parameter spans: those of each of the item's sentences.
  func bytes(of item: TagItem, spans: [[ScoredSpan]]) -> [UInt8] {
    let spans = spans.map { $0.filter { $0.confidence >= minimumConfidence } }
    switch (format, item) {
    case (.conll, .line(let line)): return layout.bytes(of: line)
    case (.conll(let scheme), .rows(let sentence, let words, let rows)):
      let tags = scheme.encode((spans.first ?? []).map(\.span), count: words.count)
      return layout.bytes(of: sentence, tags: tags, words: rows)
    case (.conll(let scheme), .document(let document)):
      return rows(of: document, spans, scheme)
    case (.jsonLines, .line): return []
    case (.jsonLines, .rows(_, let words, _)):
      return JSONLinesWriter.bytes(of: TagDocument(tokens: words).jsonLine(spans))
    case (.jsonLines, .document(let document)):
      return JSONLinesWriter.bytes(of: document.jsonLine(spans))
    }
  }

  /// What has to be written between an item, the last of its file, and another file.
  func joint(after item: TagItem, _ bytes: [UInt8]) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    switch (format, item) {
    case (.jsonLines, _), (_, .document): return []
    case (.conll, .line): return bytes.last == newline ? [] : [newline]
    case (.conll, .rows): return bytes.last == newline ? [newline] : [newline, newline]
    }
  }

  /// `word<TAB>tag` rows, a blank line after each sentence; a line without words is a blank line.
  private func rows(
    of document: TagDocument, _ spans: [[ScoredSpan]], _ scheme: TagScheme
  ) -> [UInt8] {
    guard !document.sentences.isEmpty else { return Array("\n".utf8) }
    var bytes: [UInt8] = []
    for (words, spans) in zip(document.sentences, spans) {
      let tags = scheme.encode(spans.map(\.span), count: words.count)
      for (word, tag) in zip(words, tags) {
        // A word from JSON may hold what would break a row.
        bytes += word.utf8.map { Self.breaksRows($0) ? UInt8(ascii: " ") : $0 }
        bytes.append(UInt8(ascii: "\t"))
        bytes += tag.utf8
        bytes.append(UInt8(ascii: "\n"))
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func breaksRows(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
