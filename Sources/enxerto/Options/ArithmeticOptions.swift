public import ArgumentParser
public import Kernels

/// What the products with the encoder's weights are made of, and by what.
struct ArithmeticOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the encoder's products are made of: float32, bf16, int8, or auto, which is bf16 where \
      the processor has it. (default: float32 to train, else as the adapter was trained)
      """, valueName: "precision"))
  var precision: PrecisionChoice?

  @Option(
    help: ArgumentHelp(
      "What makes them: onednn or openblas. (default: the faster that there is)",
      valueName: "engine"))
  var engine: ProductEngine?

  /// - Parameter usual: where no precision is asked for.
  func arithmetic(usual: Precision, common: CommonOptions) -> Arithmetic {
    let arithmetic: Arithmetic =
      switch precision {
      case .named(let precision): Arithmetic(precision, engine: engine)
      case .automatic: Arithmetic.automatic(engine: engine)
      case nil: Arithmetic(usual, engine: engine)
      }
    if let shortfall = arithmetic.shortfall { common.warn(shortfall) }
    return arithmetic
  }
}

/// What `--precision` says.
enum PrecisionChoice: ExpressibleByArgument, Equatable {
  case automatic
  case named(Precision)

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else if let precision = Precision(rawValue: argument) {
      self = .named(precision)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { ["auto"] + Precision.allCases.map(\.rawValue) }
}

extension ProductEngine: ExpressibleByArgument {}
