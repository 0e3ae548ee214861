import Tokenization

/// Adds text-bound annotations to brat's standoff file; the text stays as it is.
public struct BratRewriter: CorpusRewriter {
  private let scalars: [Unicode.Scalar]
  private let sentences: [[Range<Int>]]
  private var annotations: [UInt8]
  private var names: FreshNames

  /// - Parameters:
  ///   - text: the `.txt` file.
  ///   - annotations: the `.ann` file; empty if there is none.
  ///   - name: of the text, for messages.
  /// - Throws: `CorpusError` for a text that is not UTF-8.
  public init(
    text: [UInt8], annotations: [UInt8], name: String, split: TextSplit
  ) throws(CorpusError) {
    guard UTF8Check.firstInvalid(in: text[...]) == nil else {
      throw CorpusError(file: name, expected: "UTF-8", found: "bytes that are not")
    }
    let string = String(decoding: text, as: UTF8.self)
    scalars = Array(string.unicodeScalars)
    sentences = split(string).filter { !$0.isEmpty }
    self.annotations = annotations
    let ids = annotations.split(separator: UInt8(ascii: "\n")).map { line in
      String(decoding: line.prefix { $0 != UInt8(ascii: "\t") }, as: UTF8.self)
    }
    names = FreshNames(taken: ids)
  }

  public var count: Int { sentences.isEmpty ? 0 : 1 }

  public func text(_ index: Int) -> RewritableText {
    RewritableText(text: String(scalars: scalars), sentences: sentences)
  }

  public mutating func add(_ entities: [PredictedEntity], to index: Int) {
    for entity in entities where !entity.range.isEmpty {
      if let last = annotations.last, last != UInt8(ascii: "\n") {
        annotations.append(UInt8(ascii: "\n"))
      }
      let label = entity.label.unicodeScalars.map { $0.isWhiteSpace ? "_" : $0 }
      // A line break in brat divides an annotation.
      let fragments = scalars.indices[entity.range].split { Self.isBreak(scalars[$0]) }
      let places = fragments.map { "\($0.startIndex) \($0.endIndex)" }.joined(separator: ";")
      let text = fragments.map { String(scalars: scalars[$0.startIndex..<$0.endIndex]) }
        .joined(separator: " ")
      let id = names.name(after: "T")
      annotations += Array("\(id)\t\(String(scalars: label)) \(places)\t\(text)\n".utf8)
    }
  }

  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r"
  }

  /// The `.ann` file.
  public mutating func finish() -> [UInt8] { annotations }

  public var notes: [String] { [] }
}
