package import Encoders
package import Foundation
import Kernels

/// The whole BERT encoder in double precision, for tiny ones.
package struct ReferenceEncoder: Sendable {
  private struct Layer: Sendable {
    let query: Affine
    let key: Affine
    let value: Affine
    let attentionOutput: Affine
    let attentionNorm: Affine
    let intermediate: Affine
    let output: Affine
    let outputNorm: Affine
  }

  /// Weight and bias of a linear layer, or gain and bias of a LayerNorm.
  private struct Affine: Sendable {
    let weight: DoubleMatrix
    let bias: DoubleMatrix

    init(_ linear: EncoderWeights.LinearWeights) {
      weight = DoubleMatrix(linear.weight)
      bias = DoubleMatrix(linear.bias)
    }

    init(_ norm: EncoderWeights.NormWeights) {
      weight = DoubleMatrix(norm.gain)
      bias = DoubleMatrix(norm.bias)
    }
  }

  private let configuration: EncoderConfiguration
  private let words: DoubleMatrix
  private let positions: DoubleMatrix
  private let segments: DoubleMatrix
  private let embeddingNorm: Affine
  private let layers: [Layer]

  package init(folder: URL) throws {
    configuration = try EncoderConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    let weights = try EncoderWeights(folder: folder, configuration: configuration)
    words = DoubleMatrix(weights.wordEmbeddings)
    positions = DoubleMatrix(weights.positionEmbeddings)
    segments = DoubleMatrix(weights.segmentEmbeddings)
    embeddingNorm = Affine(weights.embeddingNorm)
    layers = weights.layers.map { layer in
      Layer(
        query: Affine(layer.query), key: Affine(layer.key), value: Affine(layer.value),
        attentionOutput: Affine(layer.attentionOutput),
        attentionNorm: Affine(layer.attentionNorm), intermediate: Affine(layer.intermediate),
        output: Affine(layer.output), outputNorm: Affine(layer.outputNorm))
    }
  }

  /// What an adapter adds to a forward pass.
  package struct Prompts: Sendable {
    /// The rows that `InputRow.soft` names, [soft rows, hidden].
    package var soft: DoubleMatrix
    /// Keys and values of each layer; without any where empty.
    package var deep: [Reference.Prefix]
    /// Row s − 1 is added to input rows of shape s, [shapes, hidden]; without rows where there are
    /// none.
    package var shapes: DoubleMatrix
    /// For each layer what is added to its biases, in the order of `LayerBiases.parts`; empty for
    /// nothing.
    package var biases: [[DoubleMatrix]]

    package init(_ prompts: EncoderPrompts) {
      soft = DoubleMatrix(prompts.soft)
      deep = prompts.deep.map {
        Reference.Prefix(keys: DoubleMatrix($0.keys), values: DoubleMatrix($0.values))
      }
      shapes = DoubleMatrix(prompts.shapes)
      biases = prompts.biases.map { layer in
        LayerBiases.parts.map { DoubleMatrix(layer[keyPath: $0.path]) }
      }
    }
  }

  /// The last hidden state of every row, [rows, hidden].
  package func forward(_ input: EncoderInput, softRows: DoubleMatrix) -> DoubleMatrix {
    var prompts = Prompts(EncoderPrompts())
    prompts.soft = softRows
    return forward(input, prompts: prompts)
  }

  /// The last hidden state of every row, [rows, hidden].
  package func forward(_ input: EncoderInput, prompts: Prompts) -> DoubleMatrix {
    states(input, prompts: prompts).last ?? DoubleMatrix(rows: 0, columns: 0)
  }

  /// The embedding's output and that of every layer, [rows, hidden] each.
  package func states(_ input: EncoderInput, prompts: Prompts) -> [DoubleMatrix] {
    precondition(prompts.deep.isEmpty || prompts.deep.count == layers.count)
    let lengths = (0..<input.batch.sequenceCount).map { input.batch.rows(of: $0).count }
    var states = [normalised(embedded(input, prompts: prompts), embeddingNorm)]
    for (index, layer) in layers.enumerated() {
      let x = states[index]
      let added = prompts.biases.isEmpty ? nil : prompts.biases[index]
      let context = Reference.attention(
        queries: linear(x, layer.query, added?[0]), keys: linear(x, layer.key, added?[1]),
        values: linear(x, layer.value, added?[2]),
        prefix: prompts.deep.isEmpty ? nil : prompts.deep[index], lengths: lengths,
        heads: configuration.headCount)
      let attended = normalised(
        x + linear(context, layer.attentionOutput, added?[3]), layer.attentionNorm)
      let inner = linear(attended, layer.intermediate, added?[4]).map {
        Reference.activation(configuration.activation, $0)
      }
      states.append(normalised(attended + linear(inner, layer.output, added?[5]), layer.outputNorm))
    }
    return states
  }

  private func embedded(_ input: EncoderInput, prompts: Prompts) -> DoubleMatrix {
    var x = DoubleMatrix(rows: input.rows.count, columns: configuration.hiddenSize)
    for sequence in 0..<input.batch.sequenceCount {
      for (place, row) in input.batch.rows(of: sequence).enumerated() {
        let position = input.firstPosition + place
        let shape = Int(input.shapes[row])
        for i in 0..<x.columns {
          let word =
            switch input.rows[row] {
            case .wordpiece(let id): words[Int(id), i]
            case .soft(let index): prompts.soft[index, i]
            }
          x[row, i] = word + positions[position, i] + segments[Int(input.segments[row]), i]
          if shape > 0, prompts.shapes.rows > 0 { x[row, i] += prompts.shapes[shape - 1, i] }
        }
      }
    }
    return x
  }

  private func linear(
    _ x: DoubleMatrix, _ affine: Affine, _ added: DoubleMatrix?
  ) -> DoubleMatrix {
    Reference.linear(
      x, weight: affine.weight, bias: added.map { affine.bias + $0 } ?? affine.bias)
  }

  private func normalised(_ x: DoubleMatrix, _ affine: Affine) -> DoubleMatrix {
    Reference.layerNorm(
      x, gain: affine.weight, bias: affine.bias, epsilon: Double(configuration.layerNormEpsilon))
  }
}

extension DoubleMatrix {
  /// A vector is one row.
  package init(_ tensor: FrozenTensor) {
    let columns = tensor.shape.last ?? 1
    self.init(
      rows: tensor.count / max(1, columns), columns: columns, values: tensor.values.map(Double.init)
    )
  }
}
