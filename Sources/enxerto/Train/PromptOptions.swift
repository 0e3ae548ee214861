public import ArgumentParser
public import PTuning
import Tasks

/// What an adapter adds at the encoder's layers and to its input rows.
struct PromptOptions: ParsableArguments {
  @Option(
    help: """
      Trained keys and values at every layer; 0 for none. (default: 32; 16 for fewer than 500 \
      sentences)
      """)
  var deepPrompt: Int?

  @Option(help: "The lowest layer that has them, from 0.")
  var deepFirstLayer = 0

  @Option(
    help: "What produces them while training: mlp or none. (default: mlp; none with --prompt-init)")
  var deepReparameterization: DeepPromptConfiguration.Reparameterization?

  @Option(help: "The width of that MLP.")
  var deepReparameterizationSize = 512

  @Option(help: "Dropout of keys and values while training.")
  var deepDropout: Float = 0

  @Option(
    help: "Positions of the text's rows: unmoved, or shifted by --deep-prompt as in P-tuning v2.")
  var deepPositions = DeepPromptConfiguration.Positions.unmoved

  @Option(
    help: ArgumentHelp(
      "What keys and values begin as: normal, zero, or those of words, text:\"…\".",
      valueName: "normal|zero|text:words"))
  var promptInit = DeepPromptConfiguration.Initialisation.normal

  @Option(
    help:
      "The deviation of the MLP's embedding, or of --prompt-init normal. (default: 0.02; 0.2 without the MLP)"
  )
  var deepDeviation: Float?

  @Option(help: "Trained embeddings of how words are written: auto (uncased encoders), on or off.")
  var shape = Choice.auto

  @Option(help: "Trained additions to the biases of every layer: on or off.")
  var biases = Switch.on

  @Option(help: "What the head reads: last, the last layer, or mix, a learned mix of all.")
  var layers = HeadLayers.mix

  /// An option that may follow from the encoder.
  enum Choice: String, CaseIterable, ExpressibleByArgument {
    case auto, on, off
  }

  enum Switch: String, CaseIterable, ExpressibleByArgument {
    case on, off
  }

  /// The deep prompts; nil for none.
  ///
  /// - Parameter rows: how many unless the user says.
  func deep(rows: Int) throws -> DeepPromptConfiguration? {
    let deepPrompt = deepPrompt ?? rows
    guard deepPrompt != 0 else { return nil }
    guard (1...4096).contains(deepPrompt) else {
      throw ValidationError("--deep-prompt: expected 0 to 4096, found \(deepPrompt)")
    }
    let isUsual = promptInit == .normal
    let configuration = DeepPromptConfiguration(
      rows: deepPrompt, firstLayer: deepFirstLayer,
      reparameterization: deepReparameterization ?? (isUsual ? .mlp : .none),
      reparameterizationSize: deepReparameterizationSize, dropout: deepDropout,
      initialisation: promptInit, deviation: deepDeviation, positions: deepPositions)
    if configuration.reparameterization == .mlp, !isUsual {
      throw ValidationError(
        "--prompt-init: expected normal beside --deep-reparameterization mlp, which makes keys and "
          + "values of its own, found \(promptInit.defaultValueDescription)")
    }
    return configuration
  }

  /// - Parameter isUncased: whether the encoder's vocabulary knows no capitals.
  func usesShapes(isUncased: Bool) -> Bool {
    switch shape {
    case .auto: isUncased
    case .on: true
    case .off: false
    }
  }
}

extension HeadLayers: ExpressibleByArgument {}
extension DeepPromptConfiguration.Reparameterization: ExpressibleByArgument {}
extension DeepPromptConfiguration.Positions: ExpressibleByArgument {}

extension DeepPromptConfiguration.Initialisation: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "normal": self = .normal
    case "zero": self = .zero
    default:
      guard argument.utf8.starts(with: "text:".utf8) else { return nil }
      self = .text(String(argument.dropFirst("text:".count)))
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .normal: "normal"
    case .zero: "zero"
    case .text(let words): "text:\(words)"
    }
  }
}
