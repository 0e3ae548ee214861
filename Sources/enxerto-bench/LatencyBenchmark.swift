import ArgumentParser
import Kernels
import PTuning

/// One sentence at a time, in the order of the file, each timed by itself.
struct LatencyBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "latency")

  @OptionGroup var options: BenchmarkOptions

  func run() throws {
    let sentences = try BenchmarkSentence.read(options)
    var tagger = try BenchmarkTagger(
      options.encoder, tagSet: BenchmarkSentence.tagSet(of: sentences))
    let windows = try sentences.map(tagger.windows)
    for sentence in windows { _ = tagger.tag([sentence]) }
    var times: [Double] = []
    for _ in 0..<options.repetitions {
      for sentence in windows { times.append(Timing.seconds(of: { _ = tagger.tag([sentence]) })) }
    }
    try Result(
      engine: tagger.arithmetic.text, sentences: sentences.count,
      p50_milliseconds: 1000 * times.percentile(0.5),
      p99_milliseconds: 1000 * times.percentile(0.99)
    ).write()
  }

  struct Result: Encodable {
    var task = "latency"
    var engine: String
    var sentences: Int
    var p50_milliseconds: Double
    var p99_milliseconds: Double
  }
}
