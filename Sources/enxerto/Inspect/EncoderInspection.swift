import Encoders
import Foundation
import Kernels
import Tokenization

struct EncoderInspection: Inspection {
  private let name: String
  private let configuration: EncoderConfiguration
  private let parameters: Int
  private let wordpieces: Int
  private let lowercases: Bool
  private let files: [FileSize]
  private let sha256: String

  /// Reads all that training and tagging read, so that what is shown also works.
  init(folder: URL) throws {
    name = folder.standardizedFileURL.lastPathComponent
    configuration = try EncoderConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    parameters = try EncoderWeights(folder: folder, configuration: configuration).parameterCount
    let tokenizer = try WordpieceTokenizer(folder: folder)
    wordpieces = tokenizer.vocabulary.count
    lowercases = tokenizer.lowercases
    let whole = FileSize(folder.appendingPathComponent("model.safetensors"))
    files = whole.map { [$0] } ?? FileSize.all(in: folder) { $0.hasSuffix(".safetensors") }
    sha256 = try EncoderFingerprint.compute(folder: folder)
  }

  var table: Table {
    var table = Table()
    table.add("encoder", name)
    table.add("architecture", "BERT")
    table.add("layers", configuration.layerCount)
    table.add("hidden", configuration.hiddenSize)
    table.add("heads", configuration.headCount)
    table.add("intermediate", configuration.intermediateSize)
    table.add("vocabulary", wordpieces)
    table.add("positions", configuration.maximumPositions)
    table.add("segments", configuration.segmentCount)
    table.add("activation", configuration.activation.name)
    table.add("lower-cases", lowercases ? "yes" : "no")
    table.add("parameters", parameters)
    for file in files { table.add(file.name, Table.bytes(file.bytes)) }
    table.add("SHA-256", sha256)
    for precision in Precision.allCases {
      let arithmetic = Arithmetic(precision)
      table.add("\(precision.rawValue) here", arithmetic.shortfall ?? arithmetic.text)
    }
    return table
  }

  var json: JSONOutput {
    .object([
      ("kind", .string("encoder")),
      ("name", .string(name)),
      ("architecture", .string("bert")),
      ("layers", .integer(configuration.layerCount)),
      ("hidden", .integer(configuration.hiddenSize)),
      ("heads", .integer(configuration.headCount)),
      ("intermediate", .integer(configuration.intermediateSize)),
      ("vocabulary", .integer(wordpieces)),
      ("positions", .integer(configuration.maximumPositions)),
      ("segments", .integer(configuration.segmentCount)),
      ("activation", .string(configuration.activation.name)),
      ("lowercases", .bool(lowercases)),
      ("parameters", .integer(parameters)),
      ("files", files.json),
      ("sha256", .string(sha256)),
      (
        "products",
        .object(
          Precision.allCases.map { precision in
            let arithmetic = Arithmetic(precision)
            return (
              precision.rawValue,
              .object([
                ("engine", .string(arithmetic.engine.rawValue)),
                ("precision", .string(arithmetic.precision.rawValue)),
              ])
            )
          })
      ),
    ])
  }
}

extension Activation {
  /// As `hidden_act` calls it.
  fileprivate var name: String {
    switch self {
    case .gelu: "gelu"
    case .geluTanh: "gelu_new"
    case .relu: "relu"
    }
  }
}

extension EncoderWeights {
  /// How many numbers the encoder has, without poolers and heads.
  fileprivate var parameterCount: Int {
    layers.reduce(
      wordEmbeddings.count + positionEmbeddings.count + segmentEmbeddings.count
        + embeddingNorm.parameterCount
    ) { sum, layer in
      let linear = [
        layer.query, layer.key, layer.value, layer.attentionOutput, layer.intermediate,
        layer.output,
      ]
      return sum + linear.reduce(0) { $0 + $1.weight.count + $1.bias.count }
        + layer.attentionNorm.parameterCount + layer.outputNorm.parameterCount
    }
  }
}

extension EncoderWeights.NormWeights {
  fileprivate var parameterCount: Int { gain.count + bias.count }
}
