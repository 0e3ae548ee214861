package import Foundation

/// A safetensors file, mapped into memory: named tensors and a map of strings.
///
/// Layout (https://github.com/huggingface/safetensors): eight bytes with the header's length, little-endian;
/// the header, a JSON object `{"name": {"dtype", "shape", "data_offsets"}, "__metadata__": {…}}`; the data, which
/// the tensors fill without holes or overlaps. Everything the header says is checked before anything is read.
package struct SafetensorsFile: Sendable {
  package let path: String
  /// The strings under `__metadata__`; empty where there are none.
  package let metadata: [String: String]
  let file: MappedFile
  private let entries: [String: SafetensorsHeader.Entry]

  /// Maps the file at `url` and checks its header; reads no tensor.
  ///
  /// - Throws: `EncoderError` for a missing, unreadable or malformed file.
  package init(mapping url: URL) throws(EncoderError) {
    let file = try MappedFile(url)
    let header = try SafetensorsHeader(file)
    self.file = file
    path = file.path
    metadata = header.metadata
    entries = header.entries
  }

  /// The tensors' names in ascending order.
  package var names: [String] { entries.keys.sorted() }

  package func contains(_ name: String) -> Bool { entries[name] != nil }

  /// Shape of the tensor `name`, or nil if there is none.
  package func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// Element type of the tensor `name`, or nil if there is none.
  package func type(of name: String) -> TensorType? { entries[name]?.type }

  /// The tensor `name` as float32: in place where it is stored so (and aligned), converted where it is F16 or BF16.
  ///
  /// - Parameter shape: what the shape must be; nil takes any.
  /// - Throws: `EncoderError` (`.malformed`) if it is not in the file, of another type, or of another shape.
  package func tensor(_ name: String, shape: [Int]? = nil) throws(EncoderError) -> FrozenTensor {
    let place = "tensor " + EncoderError.quoted(name)
    guard let entry = entries[name] else {
      throw EncoderError(
        .malformed, path: path, place: place, expected: "a tensor of this name",
        found: "none among \(entries.count) tensors")
    }
    if let shape, shape != entry.shape {
      throw EncoderError(
        .malformed, path: path, place: place, expected: "shape \(shape)",
        found: "shape \(entry.shape)")
    }
    switch entry.type {
    case .float32:
      let isAligned = file.withUnsafeBytes {
        UInt(bitPattern: $0.baseAddress) % 4 == 0 && entry.start % 4 == 0
      }
      if isAligned {
        return FrozenTensor(
          shape: entry.shape, count: entry.count, mapping: file, offset: entry.start)
      }
      return converted(entry) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .float16:
      return converted(entry) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .bfloat16:
      return converted(entry) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    default:
      throw EncoderError(
        .malformed, path: path, place: place, expected: "dtype F32, F16 or BF16",
        found: entry.type.rawValue)
    }
  }

  /// A copy of `entry`'s elements, each read as an `Element` at any alignment and put through `convert`.
  private func converted<Element: FixedWidthInteger>(
    _ entry: SafetensorsHeader.Entry, _ convert: (Element) -> Float
  ) -> FrozenTensor {
    let width = MemoryLayout<Element>.size
    let values = file.withUnsafeBytes { bytes in
      [Float](unsafeUninitializedCapacity: entry.count) { buffer, initialized in
        for index in 0..<entry.count {
          let element = bytes.loadUnaligned(
            fromByteOffset: entry.start + index * width, as: Element.self)
          buffer.initializeElement(at: index, to: convert(element))
        }
        initialized = entry.count
      }
    }
    return FrozenTensor(shape: entry.shape, values: values)
  }
}
