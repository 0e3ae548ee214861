import Foundation
import PTuning
import Tasks

/// A sentence whose words are wordpieces already: tokenization is not measured.
struct BenchmarkSentence: Decodable {
  var ids: [Int32]
  /// The first wordpiece of each word.
  var first: [Int]
  var tags: [String]

  /// The wordpieces of each word.
  var words: [[Int32]] {
    zip(first, first.dropFirst() + [ids.count]).map { Array(ids[$0..<$1]) }
  }

  static func tagSet(of sentences: [BenchmarkSentence]) -> TagSet {
    TagSet(labels: sentences.flatMap(\.tags).filter { $0 != "O" }.map { String($0.dropFirst(2)) })
  }

  static func read(_ options: BenchmarkOptions) throws -> [BenchmarkSentence] {
    try read(options.sentences, limit: options.limit)
  }

  static func read(_ path: String, limit: Int? = nil) throws -> [BenchmarkSentence] {
    let lines = try Data(contentsOf: URL(fileURLWithPath: path))
      .split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    return try lines.prefix(limit ?? lines.count).map {
      try decoder.decode(BenchmarkSentence.self, from: Data($0))
    }
  }
}

extension ArraySlice<BenchmarkSentence> {
  /// What a training step takes.
  func examples(
    template: ResolvedTemplate, tagSet: TagSet, maximumRows: Int
  ) throws -> [TokenExample] {
    try flatMap { sentence in
      try template.layouts(words: sentence.words, maximumRows: maximumRows).map { window in
        TokenExample(
          window: window,
          targets: sentence.tags[window.answers].map { tagSet.index(ofTag: $0) ?? 0 })
      }
    }
  }
}

extension Array {
  /// Consecutive parts of at most `size` elements.
  func batches(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
