import ArgumentParser
import Encoders
import Kernels

/// The whole encoder on one batch, without a head, beside its products alone, in turns: the share of
/// the machine's product rate that it reaches.
struct EncoderBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "encoder")

  @OptionGroup var options: EncoderOptions

  @Option(help: "Wordpieces of the batch.")
  var rows = 4096

  @Option(help: "Wordpieces of a sentence, a quarter more or fewer.")
  var length = 32

  func validate() throws {
    guard rows > 0, length >= 4 else {
      throw ValidationError("expected --rows of at least 1 and --length of at least 4")
    }
  }

  func run() throws {
    let encoder = try options.loaded(trains: false)
    let configuration = encoder.configuration
    var rates = LayerProductRates(
      configuration, arithmetic: encoder.arithmetic, rows: rows, threads: options.threads)
    var shards = inputs(configuration).map { Shard(input: $0) }
    let operations = rates.operations * Double(configuration.layerCount)

    func pass() {
      Parallel.forEach(&shards) { _, shard in
        encoder.forward(shard.input, prompts: EncoderPrompts(), workspace: &shard.workspace)
      }
    }
    pass()
    _ = rates.seconds()
    var turns: [(encoder: Double, products: Double)] = []
    for _ in 0..<options.repetitions {
      let seconds = Timing.seconds(of: pass)
      turns.append(
        (
          operations * Double(rows) / seconds / 1e9,
          rates.operations * Double(rates.rows) / rates.seconds().reduce(0, +) / 1e9
        ))
    }
    try Result(
      engine: encoder.arithmetic.text, rows: rows,
      sentences: shards.reduce(0) { $0 + $1.input.batch.sequenceCount },
      megaflops_per_row: operations / 1e6, gigaflops: turns.map(\.encoder).median,
      product_gigaflops: turns.map(\.products).median,
      share: turns.map { $0.encoder / $0.products }.median,
      wordpieces_per_second: turns.map(\.encoder).median * 1e9 / operations
    ).write()
  }

  /// What one thread works on.
  private struct Shard: Sendable {
    var input: EncoderInput
    var workspace = EncoderWorkspace()
  }

  /// Sentences of made-up wordpieces, split over the threads.
  private func inputs(_ configuration: EncoderConfiguration) -> [EncoderInput] {
    var lengths: [Int] = []
    var left = rows
    while left > 0 {
      let change = [0, -length / 4, length / 4, -length / 8, length / 8][lengths.count % 5]
      lengths.append(min(left, length + change, configuration.maximumPositions))
      left -= lengths[lengths.count - 1]
    }
    var random = RandomStream(seed: 1, purpose: "benchmark encoder")
    return Parallel.ranges(ofWeights: lengths, parts: options.threads).map { range in
      var input = EncoderInput()
      for length in lengths[range] {
        let rows = (0..<length).map { _ in
          InputRow.wordpiece(Int32(random.next() % UInt64(configuration.vocabularySize)))
        }
        input.append(rows: rows, segments: Array(repeating: 0, count: length))
      }
      return input
    }
  }

  struct Result: Encodable {
    var task = "encoder"
    var engine: String
    var rows: Int
    var sentences: Int
    var megaflops_per_row: Double
    /// The operations of the products with the encoder's weights, by the time of all that it does.
    var gigaflops: Double
    var product_gigaflops: Double
    /// The median of the turns' own shares.
    var share: Double
    var wordpieces_per_second: Double
  }
}
