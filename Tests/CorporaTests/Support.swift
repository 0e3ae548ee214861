import Corpora
import Foundation

/// The shared corpora, where they are present.
enum SharedCorpora {
  static let folder: URL = {
    if let named = ProcessInfo.processInfo.environment["ENXERTO_CORPORA"] {
      return URL(fileURLWithPath: named)
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/corpora")
  }()

  static var arePresent: Bool { FileManager.default.fileExists(atPath: folder.path) }
  static let absence = "the shared corpora are not here (set ENXERTO_CORPORA)"

  static func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
}

/// Words at white space; `.`, `,` and `!` are words of their own, `.` and `!` end a sentence.
@Sendable func plainSplit(_ text: String) -> [[Range<Int>]] {
  var sentences: [[Range<Int>]] = []
  var words: [Range<Int>] = []
  var start: Int?
  func close(_ end: Int) {
    if let first = start { words.append(first..<end) }
    start = nil
  }
  let scalars = Array(text.unicodeScalars)
  for (index, scalar) in scalars.enumerated() {
    if scalar.properties.isWhitespace {
      close(index)
    } else if scalar == "." || scalar == "!" || scalar == "," {
      close(index)
      words.append(index..<index + 1)
      if scalar != "," {
        sentences.append(words)
        words = []
      }
    } else if start == nil {
      start = index
    }
  }
  close(scalars.count)
  if !words.isEmpty { sentences.append(words) }
  return sentences
}

func readCorpus(
  _ text: String, name: String = "test", _ change: (inout CorpusOptions) -> Void = { _ in }
) throws -> Corpus {
  try readCorpus(Array(text.utf8), name: name, change)
}

func readCorpus(
  _ bytes: [UInt8], name: String = "test", _ change: (inout CorpusOptions) -> Void = { _ in }
) throws -> Corpus {
  var options = CorpusOptions(split: plainSplit)
  change(&options)
  return try CorpusReader.read([.bytes(bytes, name: name)], options: options)
}

/// The message of the error that reading ends with, or what it read instead.
func failure(
  _ text: String, _ change: (inout CorpusOptions) -> Void = { _ in }
) -> String {
  failure(Array(text.utf8), change)
}

func failure(
  _ bytes: [UInt8], _ change: (inout CorpusOptions) -> Void = { _ in }
) -> String {
  do {
    return "read: \(try readCorpus(bytes, change).sentences.count) sentences"
  } catch {
    return error is CorpusError ? "\(error)" : "another error: \(error)"
  }
}

/// `PER 0-2` for each span.
func describe(_ spans: [EntitySpan]) -> String {
  spans.map { "\($0.label) \($0.words.lowerBound)-\($0.words.upperBound)" }
    .joined(separator: " ")
}

/// A sentence as `word/word [LABEL 0-2]`.
func describe(_ sentence: Sentence) -> String {
  sentence.words.map(\.text).joined(separator: "/") + " [" + describe(sentence.spans) + "]"
}

/// Whether every word's range holds the word's text.
func offsetsAgree(_ corpus: Corpus) -> Bool {
  corpus.documents.allSatisfy { document in
    let scalars = Array(document.text.unicodeScalars)
    return document.sentences.allSatisfy { sentence in
      sentence.words.allSatisfy { scalars[$0.range].elementsEqual($0.text.unicodeScalars) }
    }
  }
}
