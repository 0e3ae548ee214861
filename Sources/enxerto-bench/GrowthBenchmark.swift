import ArgumentParser
import Kernels
import PTuning

/// Tagging of several files in batches of several sizes, one after another in one process.
struct GrowthBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "growth")

  @OptionGroup var options: EncoderOptions

  @Option(parsing: .upToNextOption, help: "Files as tools/benchmark/sentences.py writes them.")
  var sentences: [String]

  @Option(parsing: .upToNextOption, help: "Sentences of a batch.")
  var batches: [Int]

  func validate() throws {
    if let wrong = batches.first(where: { $0 < 1 }) {
      throw ValidationError("--batches: expected at least 1, found \(wrong)")
    }
  }

  func run() throws {
    let files = try sentences.map { path in
      (path, try BenchmarkSentence.read(path).sorted { $0.ids.count < $1.ids.count })
    }
    var tagger = try BenchmarkTagger(
      options, tagSet: BenchmarkSentence.tagSet(of: files.flatMap(\.1)))
    var result = Result(engine: tagger.arithmetic.text)
    for (path, sentences) in files {
      for size in batches {
        let work = try sentences.batches(of: size).map { try $0.map(tagger.windows) }
        let measured = BenchmarkResult.measure(
          "growth", sentences, arithmetic: tagger.arithmetic, repetitions: options.repetitions
        ) {
          for batch in work { _ = tagger.tag(batch) }
        }
        result.points.append(
          Result.Point(
            sentences: path, batch: size, words_per_second: measured.words_per_second,
            wordpieces_per_second: Double(measured.wordpieces) / measured.seconds))
      }
    }
    try result.write()
  }

  struct Result: Encodable {
    var task = "growth"
    var engine: String
    var points: [Point] = []

    struct Point: Encodable {
      var sentences: String
      var batch: Int
      var words_per_second: Double
      var wordpieces_per_second: Double
    }
  }
}
