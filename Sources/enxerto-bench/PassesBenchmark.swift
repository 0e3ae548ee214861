import ArgumentParser
import Kernels
import PTuning

/// Tags one batch so many times: what `tools/bench --regression` counts instructions of. The difference
/// between two numbers of passes is what passes cost, without loading.
struct PassesBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "passes")

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "Passes.")
  var passes = 1

  func run() throws {
    let sentences = try BenchmarkSentence.read(options)
    var tagger = try BenchmarkTagger(
      options.encoder, tagSet: BenchmarkSentence.tagSet(of: sentences))
    let batch = try sentences.map(tagger.windows)
    var words = 0
    for _ in 0..<passes { words += tagger.tag(batch) }
    try Result(engine: tagger.arithmetic.text, passes: passes, words: words).write()
  }

  struct Result: Encodable {
    var engine: String
    var passes: Int
    var words: Int
  }
}
