public import ArgumentParser
import Foundation
public import Kernels
import PTuning
import Tasks

/// Our side of `tools/bench`: prints one line of JSON.
@main
struct EnxertoBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enxerto-bench", abstract: "Measure words per second; see tools/bench.",
    subcommands: [
      TaggingBenchmark.self, TrainingBenchmark.self, EpochBenchmark.self, ReadingBenchmark.self,
      ReadingSamples.self,
    ])
}

/// What both measurements are given.
struct BenchmarkOptions: ParsableArguments {
  @Option(help: "The encoder's folder.")
  var encoder: String

  @Option(help: "Sentences as tools/benchmark/sentences.py writes them.")
  var sentences: String

  @Option(help: "Sentences of a batch.")
  var batch = 32

  @Option(help: "What the encoder's products are made of.")
  var precision = Precision.float32

  @Option(help: "What makes them; the fastest there is unless said.")
  var engine: ProductEngine?

  @Option(help: "Threads.")
  var threads = 2

  @Option(help: "Passes over the sentences; the median counts.")
  var repetitions = 3

  @Option(help: "At most so many sentences.")
  var limit: Int?

  func validate() throws {
    for (option, value) in [
      ("--batch", batch), ("--threads", threads), ("--repetitions", repetitions),
      ("--limit", limit ?? 1),
    ] where value < 1 {
      throw ValidationError("\(option): expected at least 1, found \(value)")
    }
  }
}

/// What a measurement came to.
struct BenchmarkResult: Encodable {
  var task: String
  var words_per_second: Double
  var seconds: Double
  var words: Int
  var wordpieces: Int

  /// Runs `pass` as often as asked, and takes the median time.
  static func measure(
    _ task: String, _ sentences: [BenchmarkSentence], repetitions: Int, pass: () throws -> Void
  ) rethrows -> BenchmarkResult {
    try pass()  // Touches the mapped weights and grows every buffer.
    var times: [Double] = []
    for _ in 0..<repetitions {
      let start = ContinuousClock.now
      try pass()
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    let seconds = times.sorted()[times.count / 2]
    let words = sentences.reduce(0) { $0 + $1.first.count }
    return BenchmarkResult(
      task: task, words_per_second: Double(words) / seconds, seconds: seconds, words: words,
      wordpieces: sentences.reduce(0) { $0 + $1.ids.count })
  }

  func write() throws {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    print(String(decoding: try coder.encode(self), as: UTF8.self))
  }
}

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
    let lines = try Data(contentsOf: URL(fileURLWithPath: options.sentences))
      .split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    return try lines.prefix(options.limit ?? lines.count).map {
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

extension Precision: ExpressibleByArgument {}
extension ProductEngine: ExpressibleByArgument {}
