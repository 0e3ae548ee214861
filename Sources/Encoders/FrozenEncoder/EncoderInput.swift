package import Kernels

/// What one row of an encoder's input holds.
public enum InputRow: Hashable, Sendable {
  /// A wordpiece, by its id in the vocabulary.
  case wordpiece(Int32)
  /// A soft-prompt row, by its index among the adapter's rows: it stands for the word embedding.
  case soft(Int)
}

/// Sequences for the encoder, end to end, without padding.
package struct EncoderInput: Sendable {
  /// Where each sequence's rows are.
  package private(set) var batch = RaggedBatch()
  package private(set) var rows: [InputRow] = []
  /// The segment (token type) of each row.
  package private(set) var segments: [UInt8] = []

  package init() {}

  /// Adds a sequence; its positions are 0, 1, 2, …
  package mutating func append(rows: [InputRow], segments: [UInt8]) {
    precondition(rows.count == segments.count)
    batch.append(length: rows.count)
    self.rows += rows
    self.segments += segments
  }

  /// Adds the gradients of the soft rows to `gradient` [soft rows, hidden].
  ///
  /// - Parameter embedded: the gradient of the embedded rows, [rows, hidden].
  package func addSoftGradients(of embedded: Matrix, to gradient: inout Matrix) {
    let columns = embedded.columns
    embedded.storage.withUnsafeBufferPointer { embedded in
      gradient.storage.withUnsafeMutableBufferPointer { gradient in
        for (row, content) in rows.enumerated() {
          guard case .soft(let index) = content else { continue }
          for i in 0..<columns { gradient[index * columns + i] += embedded[row * columns + i] }
        }
      }
    }
  }
}
