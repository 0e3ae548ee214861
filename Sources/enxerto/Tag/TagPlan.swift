import Corpora
import Inference

/// How an input is tagged.
enum TagPlan {
  /// As it comes.
  case stream(TagInputFormat)
  /// Read whole, and written as it was with what was found.
  case rewrite(CorpusFormat)
  /// Read whole as a corpus, and written in another format.
  case documents(CorpusFormat)

  /// - Parameter output: what `--output-format` says.
  /// - Throws: a usage error for formats that have no entities.
  init(_ format: CorpusFormat, output: TagOutputChoice?) throws {
    if format == .squad {
      throw Failure(
        .usage,
        "--input-format: expected a format with sentences to tag, found squad, which has questions")
    }
    if let input = format.tagInput {
      self = .stream(input)
    } else if output == nil, Self.canRewrite(format) {
      self = .rewrite(format)
    } else {
      self = .documents(format)
    }
  }

  private static func canRewrite(_ format: CorpusFormat) -> Bool {
    XMLRewriter.supports(format) || format == .brat || format == .pubtator
  }

  /// Whether several outputs cannot follow one another.
  var needsFolder: Bool {
    switch self {
    case .rewrite(let format): format != .pubtator
    case .stream, .documents: false
    }
  }

  /// How the output's name ends; nil: as the input's.
  func fileExtension(_ output: TagOutputChoice?) -> String? {
    switch (self, output) {
    case (.rewrite(.brat), _): "ann"
    case (.rewrite, _), (.stream(.jsonLines), nil): nil
    case (_, .jsonLines?): "jsonl"
    case (.stream(.conll), _), (.stream(.rows), _): nil
    case (.stream, _), (.documents, _): "conll"
    }
  }
}

/// What `--output-format` may say.
enum TagOutputChoice: String, CaseIterable {
  case conll
  case jsonLines = "jsonl"

  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

/// Tells what an input is where nobody has said it.
enum TagDetection {
  /// Whether a file's name is one of XML.
  static func namesXML(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".xml") || name.hasSuffix(".xmi")
  }

  /// Whether the input begins with an XML declaration. No more is waited for than it takes.
  static func beginsWithDeclaration(_ source: ByteSource) throws -> Bool {
    let marks = ["<?xml ", "<?xml\t", "<?xml\n", "<?xml\r"].flatMap { text -> [[UInt8]] in
      let bytes = Array(text.utf8)
      return [
        bytes, [0xEF, 0xBB, 0xBF] + bytes, [0xFF, 0xFE] + bytes.flatMap { [$0, 0] },
        [0xFE, 0xFF] + bytes.flatMap { [0, $0] }, bytes.flatMap { [$0, 0] },
        bytes.flatMap { [0, $0] },
      ]
    }
    var count = 1
    while true {
      let (bytes, isWhole) = try source.sample(count)
      if marks.contains(where: { bytes.starts(with: $0) }) { return true }
      let mayBe = marks.contains { $0.count > bytes.count && $0.starts(with: bytes) }
      guard mayBe, !isWhole else { return false }
      count = bytes.count + 1
    }
  }
}
