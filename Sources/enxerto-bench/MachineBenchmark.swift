import ArgumentParser
import Kernels

/// What each precision is made by on this machine, and what is lacking.
struct MachineBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "machine")

  @Option(help: "The engine that is meant.")
  var engine: ProductEngine?

  func run() throws {
    var result = Result(threads: Parallel.availableThreads)
    for precision in Precision.allCases {
      let arithmetic = Arithmetic(precision, engine: engine)
      if arithmetic.precision == precision {
        result.precisions[precision.rawValue] = arithmetic.text
      }
      if let shortfall = arithmetic.shortfall { result.lacking[precision.rawValue] = shortfall }
    }
    try result.write()
  }

  struct Result: Encodable {
    var threads: Int
    var precisions: [String: String] = [:]
    var lacking: [String: String] = [:]
  }
}
