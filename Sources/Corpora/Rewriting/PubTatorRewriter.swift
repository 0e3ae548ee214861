import Tokenization

/// Adds lines of annotations to PubTator's documents.
public struct PubTatorRewriter: CorpusRewriter {
  private struct Part: Sendable {
    var id: String
    /// Title and abstract by a space.
    var text: String
    /// The end of the last line of text or of an annotation.
    var end: Int
  }

  private let bytes: [UInt8]
  private let split: TextSplit
  private let parts: [Part]
  private var edits = MarkupEdits()
  private let lineEnd: String

  /// - Throws: `CorpusError` for what is not PubTator.
  public init(_ bytes: [UInt8], name: String, split: @escaping TextSplit) throws {
    self.bytes = bytes
    self.split = split
    lineEnd =
      bytes.firstIndex(of: 0x0A).map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false
      ? "\r\n" : "\n"
    guard UTF8Check.firstInvalid(in: bytes[...]) == nil else {
      throw CorpusError(file: name, expected: "UTF-8", found: "bytes that are not")
    }
    var parts: [Part] = []
    var current: Part?
    var end = 0
    try ByteSource(.bytes(bytes, name: name)).forEachLine(encoding: nil) { line in
      end += line.bytes.count
      let content = PubTatorReader.content(of: line)
      if content.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        if let part = current { parts.append(part) }
        current = nil
      } else if let (id, kind, bytes) = PubTatorReader.passage(content) {
        let text = String(decoding: bytes, as: UTF8.self)
        if var part = current, kind != UInt8(ascii: "t"), part.id.utf8.elementsEqual(id) {
          part.text += " " + text
          part.end = end
          current = part
        } else {
          if let part = current { parts.append(part) }
          current = Part(id: String(decoding: id, as: UTF8.self), text: text, end: end)
        }
      } else if Self.isAnnotation(content) {
        current?.end = end
      }
    }
    if let current { parts.append(current) }
    guard !parts.isEmpty else {
      throw CorpusError(file: name, expected: "lines like 1|t|Title", found: "none")
    }
    self.parts = parts
  }

  /// `id start end text label …`; relations have fewer fields.
  private static func isAnnotation(_ line: ArraySlice<UInt8>) -> Bool {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    return fields.count >= 5
      && fields[1...2].allSatisfy { Int(String(decoding: $0, as: UTF8.self)) != nil }
  }

  public var count: Int { parts.count }

  public func text(_ index: Int) -> RewritableText {
    let text = parts[index].text
    return RewritableText(text: text, sentences: split(text).filter { !$0.isEmpty })
  }

  public mutating func add(_ entities: [PredictedEntity], to index: Int) {
    let part = parts[index]
    let scalars = Array(part.text.unicodeScalars)
    var lines = ""
    for entity in entities where !entity.range.isEmpty {
      let text = String(scalars: scalars[entity.range].map { $0 == "\t" ? " " : $0 })
      let label = String(scalars: entity.label.unicodeScalars.map { $0.isWhiteSpace ? "_" : $0 })
      lines +=
        "\(part.id)\t\(entity.range.lowerBound)\t\(entity.range.upperBound)\t\(text)\t\(label)\t-"
        + lineEnd
    }
    guard !lines.isEmpty else { return }
    let isEnded = part.end > 0 && bytes[part.end - 1] == 0x0A
    edits.insert(isEnded ? lines : lineEnd + lines, at: part.end)
  }

  public mutating func finish() -> [UInt8] { edits.applied(to: bytes) }

  public var notes: [String] { [] }
}
