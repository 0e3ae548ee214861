import Encoders
import Kernels

/// How fast the products of one layer of an encoder are on this machine, by the kernel that the encoder
/// uses and with nothing around them: each thread multiplies one tile of rows over and over, which is
/// in the product's own precision already.
struct LayerProductRates {
  struct Shape {
    let inputs: Int
    let outputs: Int
    /// Floating-point operations for a row; a multiplication and an addition are two.
    var operations: Double { 2 * Double(inputs) * Double(outputs) }
  }

  let shapes: [Shape]
  private let products: [PackedLinear]
  private var tiles: [RowTile.Storage]
  /// The rows of a pass, at most a tile's fewer or more than asked for.
  let rows: Int

  init(_ configuration: EncoderConfiguration, arithmetic: Arithmetic, rows: Int, threads: Int) {
    let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    shapes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)].map {
      Shape(inputs: $0.0, outputs: $0.1)
    }
    let compiled = ProductShapes()
    products = shapes.map { shape in
      PackedLinear(
        [DrawnValues(count: shape.inputs * shape.outputs)],
        biases: [DrawnValues(count: shape.outputs)], inputs: shape.inputs, outputs: shape.outputs,
        arithmetic: arithmetic, shapes: compiled)
    }
    tiles = Array(repeating: RowTile.Storage(), count: threads)
    let share = RowTile.capacity * threads
    self.rows = max(1, (rows + share / 2) / share) * share
  }

  /// The operations of all shapes, for a row.
  var operations: Double { shapes.reduce(0) { $0 + $1.operations } }

  /// The time that each shape takes for all rows.
  mutating func seconds() -> [Double] {
    let count = rows / (RowTile.capacity * tiles.count)
    return products.map { product in
      let columns = max(product.inputs, product.outputs)
      let x = DrawnValues(count: product.inputs)
      Parallel.forEach(&tiles) { _, storage in
        storage.withTile(columns: columns) { tile in
          for row in 0..<RowTile.capacity {
            x.withUnsafePointer { product.lower($0, row: row, in: tile) }
          }
          product.multiply(tile, rows: RowTile.capacity)
        }
      }
      return Timing.seconds(of: {
        Parallel.forEach(&tiles) { _, storage in
          storage.withTile(columns: columns) { tile in
            for _ in 0..<count { product.multiply(tile, rows: RowTile.capacity) }
          }
        }
      })
    }
  }
}

/// Numbers as weights are: normal, of the same deviation as the encoder's own.
struct DrawnValues: FrozenValues {
  private let values: [Float]

  init(count: Int) {
    var random = RandomStream(seed: 1, purpose: "benchmark", count)
    values = (0..<count).map { _ in 0.05 * random.normal() }
  }

  func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { preconditionFailure("no values") }
      return try body(first)
    }
  }
}
