public import ArgumentParser
import Encoders
import Foundation
public import Kernels

/// What every measurement of the encoder is given.
struct EncoderOptions: ParsableArguments {
  @Option(help: "The encoder's folder.")
  var encoder: String

  @Option(help: "What the encoder's products are made of.")
  var precision = Precision.float32

  @Option(help: "What makes them; the fastest there is unless said.")
  var engine: ProductEngine?

  @Option(help: "Threads.")
  var threads = 2

  @Option(help: "Timed passes; the median counts.")
  var repetitions = 3

  func validate() throws {
    for (option, value) in [("--threads", threads), ("--repetitions", repetitions)]
    where value < 1 {
      throw ValidationError("\(option): expected at least 1, found \(value)")
    }
  }

  var folder: URL { URL(fileURLWithPath: encoder, isDirectory: true) }

  /// - Throws: where this machine lacks the precision: a figure of another would carry its name.
  func arithmetic() throws -> Arithmetic {
    let arithmetic = Arithmetic(precision, engine: engine)
    guard arithmetic.precision == precision else {
      throw ValidationError(arithmetic.shortfall ?? "\(precision.rawValue) cannot be had")
    }
    return arithmetic
  }

  func loaded(trains: Bool) throws -> FrozenEncoder {
    try FrozenEncoder(folder: folder, arithmetic: arithmetic(), trains: trains)
  }
}

/// What measurements over sentences are given.
struct BenchmarkOptions: ParsableArguments {
  @OptionGroup var encoder: EncoderOptions

  @Option(help: "Sentences as tools/benchmark/sentences.py writes them.")
  var sentences: String

  @Option(help: "Sentences of a batch.")
  var batch = 32

  @Option(help: "At most so many sentences.")
  var limit: Int?

  var threads: Int { encoder.threads }
  var repetitions: Int { encoder.repetitions }

  func validate() throws {
    for (option, value) in [("--batch", batch), ("--limit", limit ?? 1)] where value < 1 {
      throw ValidationError("\(option): expected at least 1, found \(value)")
    }
  }
}

extension Precision: ExpressibleByArgument {}
extension ProductEngine: ExpressibleByArgument {}
