import Corpora
import Foundation
import Kernels
import TestSupport
import Testing

/// The shared corpora, where they are present.
enum SharedCorpora {
  static var arePresent: Bool { realCorpora != nil }
  static let absence = "the shared corpora are not here (set ENXERTO_CORPORA)"

  static func file(_ path: String) -> URL {
    (realCorpora ?? packageRoot).appendingPathComponent(path)
  }
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

/// The bytes with one to four of them changed.
func flipped(_ bytes: [UInt8], using random: inout RandomStream) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
      in: 0...255, using: &random)
  }
  return bytes
}

/// Whatever bytes of a file are changed, it is read or refused.
func expectNoCrash(_ bytes: [UInt8], as format: CorpusFormat, seed: UInt64) {
  var random = RandomStream(seed: seed, purpose: "cases")
  for round in 0..<1500 {
    let result = failure(flipped(bytes, using: &random)) { $0.format = format }
    #expect(!result.hasPrefix("another"), "seed \(seed), round \(round): \(result)")
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
