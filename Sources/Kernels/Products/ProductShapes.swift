import COneDNN
import Synchronization

/// The products that oneDNN has compiled for this process's encoder, one for each shape: layers of one
/// shape share theirs.
package final class ProductShapes: Sendable {
  private struct Key: Hashable {
    let precision: Precision
    let inputs: Int
    let outputs: Int
  }

  private let compiled = Mutex<[Key: ProductShape]>([:])

  package init() {}

  /// nil where oneDNN has no fast product of this shape.
  func shape(_ precision: Precision, inputs: Int, outputs: Int) -> ProductShape? {
    let key = Key(precision: precision, inputs: inputs, outputs: outputs)
    return compiled.withLock { compiled in
      if let shape = compiled[key] { return shape }
      let shape = ProductShape(precision, inputs: inputs, outputs: outputs)
      compiled[key] = shape
      return shape
    }
  }
}

/// x[rows, inputs] · w[inputs, outputs] by oneDNN.
final class ProductShape: Sendable {
  let inputs: Int
  let outputs: Int
  /// The address of oneDNN's part: pointers are not Sendable, what is behind this one may be shared.
  private let address: UInt

  private var products: OpaquePointer? { OpaquePointer(bitPattern: address) }

  init?(_ precision: Precision, inputs: Int, outputs: Int) {
    guard let products = enx_products_create(precision.oneDNN, inputs, outputs) else { return nil }
    self.inputs = inputs
    self.outputs = outputs
    address = UInt(bitPattern: products)
  }

  deinit { enx_products_destroy(products) }

  /// Weights in the layout that oneDNN likes best.
  ///
  /// - Parameters:
  ///   - weight: float32, for int8 s8; [outputs, inputs], or [inputs, outputs] where `isPlain`.
  /// - Returns: nil where oneDNN fails.
  func pack(_ weight: UnsafeRawPointer, isPlain: Bool) -> AlignedMemory? {
    let packed = AlignedMemory(byteCount: enx_packed_size(products))
    return enx_pack(products, weight, isPlain, packed.address) ? packed : nil
  }

  /// Products are of so many rows, or a multiple: each is code of its own, of a hundred kilobytes or two.
  private static let rowStep = 4

  /// y = x·w.
  ///
  /// - Parameters:
  ///   - x: with room for a whole tile, as is `y`: up to three rows more are multiplied, of whatever they hold.
  ///   - rows: at most a tile's.
  func multiply(
    _ x: UnsafeRawPointer, rows: Int, _ packed: AlignedMemory, into y: UnsafeMutableRawPointer
  ) {
    let steps = (rows + Self.rowStep - 1) / Self.rowStep
    let isDone = enx_multiply(products, x, steps * Self.rowStep, packed.address, y)
    precondition(isDone, "oneDNN failed a product of \(rows) × \(inputs) × \(outputs)")
  }
}
