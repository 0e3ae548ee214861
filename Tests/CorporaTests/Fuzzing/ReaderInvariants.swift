import Corpora
import Foundation

// Shared by tests and tools/fuzz-readers.

/// What does not hold for an input.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// What must hold for whatever a format's reader is given: an error with a place, or documents that
/// are sound, that writers can hold, and whose file can have annotations added.
struct ReaderInvariants: Sendable {
  let format: CorpusFormat

  /// - Throws: `Violation`.
  func check(_ bytes: [UInt8]) throws {
    // What the input is chooses the options, so that a finding repeats.
    let choice = bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } >> 8
    var options = CorpusOptions(format: format, requiresAnnotations: false)
    options.annotationSet = choice & 1 == 0 ? nil : "all"
    options.nesting = Nesting.allCases[Int(choice >> 1 & 0xFF) % Nesting.allCases.count]
    if choice >> 12 & 15 == 0 { options.encoding = .latin1 }
    let corpus: Corpus
    do {
      if choice >> 16 & 7 == 0 {
        _ = try? CorpusReader.detect(
          ByteSource(.bytes(bytes, name: "fuzz")), options: CorpusOptions())
      }
      corpus = try CorpusReader.read([input(bytes)], options: options)
    } catch let error as CorpusError {
      _ = error.description
      return
    } catch {
      throw Violation(description: "an error without a place: \(error)")
    }
    for document in corpus.documents { try Self.check(document) }
    _ = corpus.report.notes
    _ = CorpusOddities(corpus).notes
    for writer in WrittenFormat.all { try Self.check(corpus.documents, writer) }
    try checkRewriting(bytes, options, corpus)
  }

  /// brat's two files are one input, parted by a byte that is in no text.
  private func input(_ bytes: [UInt8]) throws -> CorpusInput {
    guard format == .brat else { return .bytes(bytes, name: "fuzz") }
    let (annotations, text) = Self.bratFiles(bytes)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("fuzz.ann")
    try Data(annotations).write(to: file)
    try Data(text).write(to: folder.appendingPathComponent("fuzz.txt"))
    return .file(file.path)
  }

  private static func bratFiles(_ bytes: [UInt8]) -> (annotations: [UInt8], text: [UInt8]) {
    let parts = bytes.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
    return (Array(parts[0]), parts.count > 1 ? Array(parts[1]) : Array("Ana Reis x 😀\n".utf8))
  }

  // MARK: Documents

  /// Everything is where it says.
  static func check(_ document: Document) throws {
    let scalars = Array(document.text.unicodeScalars)
    for sentence in document.sentences {
      for word in sentence.words {
        // Parts of one surface form may share its place.
        try expect(
          word.range.lowerBound >= 0 && word.range.upperBound <= scalars.count, "word outside")
      }
      var next = 0
      for span in sentence.spans {
        try expect(
          span.words.lowerBound >= next && !span.words.isEmpty
            && span.words.upperBound <= sentence.words.count, "flat span")
        next = span.words.upperBound
      }
      try expect(
        sentence.rows.isEmpty || sentence.rows.count == sentence.words.count, "rows")
    }
    for annotation in document.annotations {
      try expect(!annotation.label.isEmpty, "annotation without a label")
      var start = 0
      for fragment in annotation.fragments {
        try expect(
          fragment.lowerBound >= start && fragment.upperBound <= scalars.count, "fragment")
        start = fragment.upperBound
      }
    }
    var start = 0
    for section in document.sections {
      try expect(
        section.range.lowerBound >= start && section.range.upperBound <= scalars.count, "section")
      start = section.range.upperBound
    }
  }

  // MARK: Writers

  /// What a writer writes can be read, holds what was written, and is written in the same way from
  /// the second time on: the first may drop what the format has no place for.
  private static func check(_ documents: [Document], _ writer: WrittenFormat) throws {
    guard let first = try written(documents, writer) else { return }
    let read = try reread(first, writer)
    try compare(
      writer.content(read), writer.content(documents), "\(writer.format) holds something else")
    guard let second = try written(read, writer) else {
      throw Violation(description: "\(writer.format) cannot be written again")
    }
    let again = try reread(second, writer)
    try compare(
      writer.content(again), writer.content(read), "\(writer.format) changes when written again")
    try expect(
      try written(again, writer) == second, "\(writer.format) is not written the same way twice")
  }

  private static func compare(
    _ found: [[UInt8]], _ expected: [[UInt8]], _ message: String
  ) throws {
    guard found != expected else { return }
    let place = zip(found, expected).prefix { $0 == $1 }.count
    func shown(_ parts: [[UInt8]]) -> String {
      place < parts.count ? String(decoding: parts[place].prefix(500), as: UTF8.self) : "nothing"
    }
    throw Violation(
      description: "\(message): part \(place) of \(expected.count), \(found.count) found\n"
        + "expected: \(shown(expected).debugDescription)\n"
        + "found: \(shown(found).debugDescription)")
  }

  /// nil for what the format cannot hold.
  private static func written(_ documents: [Document], _ writer: WrittenFormat) throws -> [[UInt8]]?
  {
    do {
      return try writer.write(documents)
    } catch is CorpusError {
      return nil
    }
  }

  private static func reread(_ files: [[UInt8]], _ writer: WrittenFormat) throws -> [Document] {
    var documents: [Document] = []
    for file in files {
      do {
        documents += try CorpusReader.read(
          [.bytes(file, name: "again")], options: writer.options
        ).documents
      } catch let error as CorpusError where error.kind == .empty {
        continue
      } catch {
        throw Violation(
          description: "what was written as \(writer.format) is not read: \(error)\n"
            + String(decoding: file.prefix(4000), as: UTF8.self))
      }
    }
    for document in documents { try check(document) }
    return documents
  }

  // MARK: Rewriters

  /// Without predictions a file stays as it is; with one it is read, and its text is the same.
  private func checkRewriting(
    _ bytes: [UInt8], _ options: CorpusOptions, _ corpus: Corpus
  ) throws {
    guard var untouched = try rewriter(bytes, options) else { return }
    let original = format == .brat ? Self.bratFiles(bytes).annotations : bytes
    try Self.expect(
      untouched.finish() == original, "rewriting without predictions changes the file")
    guard var rewriter = try rewriter(bytes, options) else { return }
    var hasAdded = false
    for index in 0..<rewriter.count {
      let text = rewriter.text(index)
      let length = text.text.unicodeScalars.count
      for words in text.sentences {
        for word in words {
          try Self.expect(
            word.lowerBound >= 0 && word.upperBound <= length, "rewriter's word outside its text")
        }
      }
      guard !hasAdded, let words = text.sentences.first(where: { !$0.isEmpty }) else { continue }
      let last = words[min(1, words.count - 1)]
      rewriter.add(
        [
          PredictedEntity(
            label: "PER", range: words[0].lowerBound..<last.upperBound, confidence: 0.5)
        ], to: index)
      hasAdded = true
    }
    _ = rewriter.notes
    let changed = rewriter.finish()
    guard hasAdded, format != .brat else { return }
    let again: Corpus
    do {
      again = try CorpusReader.read([.bytes(changed, name: "rewritten")], options: options)
    } catch {
      throw Violation(
        description: "a rewritten file is not read: \(error)\n"
          + String(decoding: changed.prefix(4000), as: UTF8.self))
    }
    try Self.expect(
      again.documents.map { Array($0.text.utf8) } == corpus.documents.map { Array($0.text.utf8) },
      "rewriting changes the text: \(corpus.documents.map(\.text)) to \(again.documents.map(\.text))\n"
        + String(decoding: changed.prefix(4000), as: UTF8.self))
  }

  private func rewriter(
    _ bytes: [UInt8], _ options: CorpusOptions
  ) throws -> (any CorpusRewriter)? {
    do {
      switch format {
      case .brat:
        let (annotations, text) = Self.bratFiles(bytes)
        return try BratRewriter(
          text: text, annotations: annotations, name: "fuzz", split: options.split)
      case .pubtator: return try PubTatorRewriter(bytes, name: "fuzz", split: options.split)
      default:
        guard XMLRewriter.supports(format) else { return nil }
        return try XMLRewriter(
          bytes, format: format, name: "fuzz", encoding: options.encoding, split: options.split)
      }
    } catch {
      // Those that are no XML know UTF-8 alone.
      if options.encoding != nil, !XMLRewriter.supports(format) { return nil }
      throw Violation(description: "what is read cannot be rewritten: \(error)")
    }
  }

  private static func expect(
    _ condition: @autoclosure () throws -> Bool, _ message: @autoclosure () -> String
  ) throws {
    if try !condition() { throw Violation(description: message()) }
  }
}
