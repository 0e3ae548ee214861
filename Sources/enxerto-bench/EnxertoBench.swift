import ArgumentParser

/// Our side of `tools/bench`: prints one line of JSON.
@main
struct EnxertoBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enxerto-bench", abstract: "Measure speed and memory; see tools/bench.",
    subcommands: [
      TaggingBenchmark.self, LatencyBenchmark.self, GrowthBenchmark.self, TrainingBenchmark.self,
      QuestionsBenchmark.self,
      EpochBenchmark.self, EncoderBenchmark.self, ProductsBenchmark.self, PassesBenchmark.self,
      MachineBenchmark.self, ReadingBenchmark.self, ReadingSamples.self,
    ])
}
