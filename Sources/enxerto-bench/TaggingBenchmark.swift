import ArgumentParser

/// The encoder with a head and no prompts, sentences sorted by length, decoding included.
struct TaggingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tagging")

  @OptionGroup var options: BenchmarkOptions

  func run() throws {
    let sentences = try BenchmarkSentence.read(options).sorted { $0.ids.count < $1.ids.count }
    var tagger = try BenchmarkTagger(
      options.encoder, tagSet: BenchmarkSentence.tagSet(of: sentences))
    let batches = try sentences.batches(of: options.batch).map { try $0.map(tagger.windows) }
    var tagged = 0
    let result = BenchmarkResult.measure(
      "tagging", sentences, arithmetic: tagger.arithmetic, repetitions: options.repetitions
    ) {
      for batch in batches { tagged += tagger.tag(batch) }
    }
    precondition(tagged == result.words * (options.repetitions + 1))
    try result.write()
  }
}
