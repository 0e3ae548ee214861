import CKernels
public import Foundation
public import Kernels

/// A pretrained BERT encoder (Devlin et al. 2019) whose weights never change.
///
/// It goes forward, and backward to its *input*: no gradient of a weight is ever formed. The weights
/// are read from the memory-mapped file in place.
public struct FrozenEncoder: Sendable {
  public let configuration: EncoderConfiguration
  let weights: EncoderWeights
  /// How the products are made.
  public let arithmetic: Arithmetic
  /// What attention's products are made of.
  let attention: Attention.Form
  let products: [LayerProducts]

  /// Opens a Hugging Face folder: `config.json` and `model.safetensors`.
  ///
  /// - Parameters:
  ///   - arithmetic: how products are made; weights are packed for that while they are read.
  ///   - trains: whether to pack them for the way back too.
  /// - Throws: `EncoderError` where a file is missing, damaged, or of another architecture.
  public init(
    folder: URL, arithmetic: Arithmetic = Arithmetic(), trains: Bool = true
  ) throws {
    let configuration = try EncoderConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    let weights = try EncoderWeights(folder: folder, configuration: configuration)
    let shapes = ProductShapes()
    products = Parallel.map(
      weights.layers, threads: Parallel.availableThreads, weight: { _ in 1 }
    ) {
      LayerProducts($0, arithmetic: arithmetic, trains: trains, shapes: shapes)
    }
    // The layers' weights are packed; what is used of the file from now on is the embeddings.
    for layer in weights.layers {
      for linear in [
        layer.query, layer.key, layer.value, layer.attentionOutput, layer.intermediate,
        layer.output,
      ] {
        linear.weight.release()
      }
    }
    self.configuration = configuration
    self.weights = weights
    self.arithmetic = arithmetic
    attention = Attention.Form(arithmetic)
  }

  /// The word embeddings of the given wordpieces, [ids, hidden].
  package func wordEmbeddings(of ids: [Int32]) -> Matrix {
    let columns = configuration.hiddenSize
    var rows = Matrix(rows: ids.count, columns: columns)
    weights.wordEmbeddings.withUnsafePointer { table in
      for (row, id) in ids.enumerated() {
        for i in 0..<columns { rows[row, i] = table[Int(id) * columns + i] }
      }
    }
    return rows
  }

  /// The sum of word (or soft), shape, position and segment embeddings, before the LayerNorm, of some
  /// rows of the input (all unless said); [rows, hidden].
  ///
  /// - Parameter prompts: those that the sequences' owners name.
  func embed(
    _ input: EncoderInput, prompts: [EncoderPrompts], rows: Range<Int>? = nil, into x: inout Matrix
  ) {
    let asked = rows ?? 0..<input.rows.count
    let columns = configuration.hiddenSize
    x.reshape(rows: asked.count, columns: columns)
    x.storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      for sequence in input.batch.sequences(ofRows: asked) {
        let range = input.batch.rows(of: sequence)
        let firstPosition = input.firstPositions[sequence]
        precondition(range.count + firstPosition <= configuration.maximumPositions)
        let prompts = prompts[input.owners[sequence]]
        let (softCount, shapeCount) = (prompts.soft.rows, prompts.shapes.rows)
        withTables(prompts) { words, positions, segments, soft, shapes in
          for row in range.clamped(to: asked) {
            let word: UnsafePointer<Float>?
            switch input.rows[row] {
            case .wordpiece(let id):
              precondition(id >= 0 && Int(id) < configuration.vocabularySize)
              word = words + Int(id) * columns
            case .soft(let index):
              precondition(index >= 0 && index < softCount)
              word = soft.map { $0 + index * columns }
            }
            guard let word else { continue }
            let place = positions + (row - range.lowerBound + firstPosition) * columns
            let segment = segments + Int(input.segments[row]) * columns
            let target = x + (row - asked.lowerBound) * columns
            enx_add(word, segment, target, columns)
            enx_add(target, place, target, columns)
            let shape = Int(input.shapes[row])
            if shapeCount > 0, shape > 0, let shapes {
              precondition(shape <= shapeCount)
              enx_add(target, shapes + (shape - 1) * columns, target, columns)
            }
          }
        }
      }
    }
  }

  /// The tables that rows are made of: words, positions, segments, soft rows, shapes.
  private func withTables(
    _ prompts: EncoderPrompts,
    _ body: (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?,
      UnsafePointer<Float>?
    ) -> Void
  ) {
    weights.wordEmbeddings.withUnsafePointer { words in
      weights.positionEmbeddings.withUnsafePointer { positions in
        weights.segmentEmbeddings.withUnsafePointer { segments in
          prompts.soft.storage.withUnsafeBufferPointer { soft in
            prompts.shapes.storage.withUnsafeBufferPointer { shapes in
              body(words, positions, segments, soft.baseAddress, shapes.baseAddress)
            }
          }
        }
      }
    }
  }
}

extension EncoderWeights.NormWeights {
  /// In place, without a cache.
  func forward(_ x: inout Matrix, epsilon: Float) {
    withPointers { LayerNorm.forward(&x, gain: $0, bias: $1, epsilon: epsilon) }
  }

  /// In place, keeping what backward needs.
  func forward(_ x: inout Matrix, epsilon: Float, cache: inout LayerNorm.Cache) {
    withPointers { LayerNorm.forward(&x, gain: $0, bias: $1, epsilon: epsilon, cache: &cache) }
  }

  func withPointers(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
    gain.withUnsafePointer { gain in bias.withUnsafePointer { bias in body(gain, bias) } }
  }

  /// In place: dy becomes dx.
  func backward(_ dy: inout Matrix, cache: LayerNorm.Cache) {
    gain.withUnsafePointer { LayerNorm.backward(&dy, gain: $0, cache: cache) }
  }
}
