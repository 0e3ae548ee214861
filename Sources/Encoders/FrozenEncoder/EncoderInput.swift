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
  /// The shape of each row's word, from 1; 0 for none.
  package private(set) var shapes: [UInt8] = []
  /// The position of each sequence's first row: 0, or the deep prompts of a layer where these count
  /// as rows before the text.
  package private(set) var firstPositions: [Int] = []
  /// Whose prompts each sequence has, by their place among those of a pass.
  package private(set) var owners: [Int] = []
  /// The position of a sequence's first row where none is said.
  package let firstPosition: Int

  package init(firstPosition: Int = 0) {
    self.firstPosition = firstPosition
  }

  /// Adds a sequence; its positions follow one another.
  ///
  /// - Parameters:
  ///   - shapes: one for each row, or none at all.
  ///   - owner: whose prompts it has.
  package mutating func append(
    rows: [InputRow], segments: [UInt8], shapes: [UInt8] = [], owner: Int = 0,
    firstPosition: Int? = nil
  ) {
    precondition(rows.count == segments.count)
    precondition(shapes.isEmpty || shapes.count == rows.count)
    batch.append(length: rows.count)
    owners.append(owner)
    firstPositions.append(firstPosition ?? self.firstPosition)
    self.rows += rows
    self.segments += segments
    if shapes.isEmpty {
      self.shapes += repeatElement(0, count: rows.count)
    } else {
      self.shapes += shapes
    }
  }

  /// Adds the gradients of soft rows and shapes, from that of the embedded rows, [rows, hidden].
  func addGradients(of embedded: Matrix, to prompts: inout EncoderPrompts) {
    let columns = embedded.columns
    let (softCount, shapeCount) = (prompts.soft.rows, prompts.shapes.rows)
    embedded.storage.withUnsafeBufferPointer { embedded in
      prompts.soft.storage.withUnsafeMutableBufferPointer { soft in
        prompts.shapes.storage.withUnsafeMutableBufferPointer { shapes in
          for (row, content) in rows.enumerated() {
            let source = row * columns
            if case .soft(let index) = content, index < softCount {
              for i in 0..<columns { soft[index * columns + i] += embedded[source + i] }
            }
            let shape = Int(self.shapes[row])
            if shape > 0, shape <= shapeCount {
              let target = (shape - 1) * columns
              for i in 0..<columns { shapes[target + i] += embedded[source + i] }
            }
          }
        }
      }
    }
  }
}
