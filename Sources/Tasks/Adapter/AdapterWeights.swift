import Encoders
import Foundation
import Kernels
import PTuning
import Tokenization

/// The tensors of `adapter.safetensors`, by name.
struct AdapterWeights {
  private let file: SafetensorsFile
  private let path: String
  private let configuration: AdapterConfiguration

  init(file url: URL, configuration: AdapterConfiguration) throws {
    file = try SafetensorsFile(mapping: url)
    path = url.path
    self.configuration = configuration
  }

  /// - Throws: `EncoderError` where a tensor is missing or of another shape, `AdapterError` where it
  ///   holds what is no finite number.
  func model() throws -> FoldedModel {
    let hidden = configuration.encoder.hiddenSize
    let prompt = configuration.prompt
    var prompts = EncoderPrompts()
    prompts.soft = try matrix("prompt.soft", rows: configuration.softRowCount, columns: hidden)
    if let deep = prompt.deep {
      prompts.deep = try (0..<configuration.layerCount).map { layer in
        let rows = layer < deep.firstLayer ? 0 : deep.rows
        return Attention.Prefix(
          keys: try matrix("deep.\(layer).keys", rows: rows, columns: hidden),
          values: try matrix("deep.\(layer).values", rows: rows, columns: hidden))
      }
    }
    if prompt.usesShapes {
      prompts.shapes = try matrix(
        "shape.embedding", rows: WordShape.allCases.count, columns: hidden)
    }
    if prompt.usesBiases {
      prompts.biases = try (0..<configuration.layerCount).map { layer in
        var biases = LayerBiases(hidden: hidden, intermediate: configuration.intermediateSize)
        for part in LayerBiases.parts {
          biases[keyPath: part.path] = try matrix(
            "bias.\(layer).\(part.name)", rows: 1, columns: biases[keyPath: part.path].columns)
        }
        return biases
      }
    }
    var mix: LayerMix?
    if configuration.headLayers == .mix {
      mix = LayerMix(
        weights: try matrix("mix.weights", rows: 1, columns: configuration.layerCount + 1),
        scale: try matrix("mix.scale", rows: 1, columns: 1))
    }
    return FoldedModel(
      prompts: prompts, mix: mix,
      head: LinearHead(
        weight: try matrix("head.weight", rows: configuration.headOutputs, columns: hidden),
        bias: try matrix("head.bias", rows: 1, columns: configuration.headOutputs),
        reading: configuration.headReading),
      transitions: configuration.decoding == .crf
        ? try transitions(tags: configuration.headOutputs) : nil)
  }

  private func transitions(tags: Int) throws -> TagTransitions {
    TagTransitions(
      values: try matrix("crf.transitions", rows: tags, columns: tags).values,
      start: try matrix("crf.start", rows: 1, columns: tags).values,
      end: try matrix("crf.end", rows: 1, columns: tags).values)
  }

  private func matrix(_ name: String, rows: Int, columns: Int) throws -> Matrix {
    guard rows > 0 else { return Matrix(rows: 0, columns: columns) }
    let tensor = try file.tensor(name, shape: [rows, columns])
    let matrix = Matrix(rows: rows, columns: columns, values: tensor.values)
    guard matrix.isFinite else {
      throw AdapterError(
        .malformed, path: path, expected: "finite numbers in \(name)", found: "one that is not")
    }
    return matrix
  }

  static func tensors(of model: FoldedModel) -> [SafetensorsWriter.Tensor] {
    var tensors: [SafetensorsWriter.Tensor] = []
    func add(_ name: String, _ matrix: Matrix) {
      guard matrix.rows > 0 else { return }
      tensors.append((name, [matrix.rows, matrix.columns], matrix.values))
    }
    add("prompt.soft", model.prompts.soft)
    for (layer, prefix) in model.prompts.deep.enumerated() {
      add("deep.\(layer).keys", prefix.keys)
      add("deep.\(layer).values", prefix.values)
    }
    add("shape.embedding", model.prompts.shapes)
    for (layer, biases) in model.prompts.biases.enumerated() {
      for part in LayerBiases.parts {
        add("bias.\(layer).\(part.name)", biases[keyPath: part.path])
      }
    }
    if let mix = model.mix {
      add("mix.weights", mix.weights.value)
      add("mix.scale", mix.scale.value)
    }
    add("head.weight", model.head.linear.weight.value)
    add("head.bias", model.head.linear.bias.value)
    if let transitions = model.transitions {
      let tags = transitions.tagCount
      tensors.append(("crf.transitions", [tags, tags], transitions.values))
      tensors.append(("crf.start", [1, tags], transitions.start))
      tensors.append(("crf.end", [1, tags], transitions.end))
    }
    return tensors
  }
}
