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

  /// The last hidden state of every row, [rows, hidden].
  package func forward(_ input: EncoderInput, softRows: DoubleMatrix) -> DoubleMatrix {
    let lengths = (0..<input.batch.sequenceCount).map { input.batch.rows(of: $0).count }
    var x = normalised(embedded(input, softRows: softRows), embeddingNorm)
    for layer in layers {
      let context = Reference.attention(
        queries: linear(x, layer.query), keys: linear(x, layer.key),
        values: linear(x, layer.value), lengths: lengths, heads: configuration.headCount)
      x = normalised(x + linear(context, layer.attentionOutput), layer.attentionNorm)
      let inner = linear(x, layer.intermediate).map {
        Reference.activation(configuration.activation, $0)
      }
      x = normalised(x + linear(inner, layer.output), layer.outputNorm)
    }
    return x
  }

  private func embedded(_ input: EncoderInput, softRows: DoubleMatrix) -> DoubleMatrix {
    var x = DoubleMatrix(rows: input.rows.count, columns: configuration.hiddenSize)
    for sequence in 0..<input.batch.sequenceCount {
      for (position, row) in input.batch.rows(of: sequence).enumerated() {
        for i in 0..<x.columns {
          let word =
            switch input.rows[row] {
            case .wordpiece(let id): words[Int(id), i]
            case .soft(let index): softRows[index, i]
            }
          x[row, i] = word + positions[position, i] + segments[Int(input.segments[row]), i]
        }
      }
    }
    return x
  }

  private func linear(_ x: DoubleMatrix, _ affine: Affine) -> DoubleMatrix {
    Reference.linear(x, weight: affine.weight, bias: affine.bias)
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
