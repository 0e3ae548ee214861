import Foundation

/// The checked header of a safetensors file.
///
/// The checks are those of the reference implementation (`Metadata::validate` and `SafeTensors::read_metadata` in
/// safetensors/src/tensor.rs): after it, every entry's bytes lie in the file and are as many as its shape asks for.
struct SafetensorsHeader {
  struct Entry: Sendable {
    let type: TensorType
    let shape: [Int]
    /// Elements: the product of `shape`.
    let count: Int
    /// Offset of the first byte in the file (not in its data part).
    let start: Int
    /// Offset after the last byte.
    let end: Int
  }

  /// The reference implementation's own limit.
  static let maximumLength = 100_000_000

  let entries: [String: Entry]
  let metadata: [String: String]

  /// Reads and checks the header of `file`.
  init(_ file: MappedFile) throws(EncoderError) {
    let length = try Self.length(of: file)
    let json = try Self.text(of: file, length: length)
    let raw: RawHeader
    do {
      raw = try JSONDecoder().decode(RawHeader.self, from: json)
    } catch {
      throw EncoderError(
        .malformed, path: file.path, place: "header",
        expected: "a JSON object of tensors with dtype, shape and data_offsets",
        found: JSONFile.explain(error, in: json))
    }
    var entries: [String: Entry] = [:]
    entries.reserveCapacity(raw.tensors.count)
    let dataStart = 8 + length
    for (name, tensor) in raw.tensors {
      entries[name] = try Self.entry(
        tensor, name: name, path: file.path, dataStart: dataStart, fileEnd: file.count)
    }
    try Self.checkContiguous(entries, path: file.path, dataStart: dataStart, fileEnd: file.count)
    self.entries = entries
    metadata = raw.metadata
  }

  private static func length(of file: MappedFile) throws(EncoderError) -> Int {
    guard file.count >= 8 else {
      throw EncoderError(
        .malformed, path: file.path, expected: "a safetensors file, 8 bytes at least",
        found: "\(file.count) bytes", advice: "fetch it again if it was cut short")
    }
    let length = file.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(maximumLength) else {
      throw EncoderError(
        .malformed, path: file.path, place: "header length",
        expected: "at most \(maximumLength) bytes", found: "\(length); is this a safetensors file?")
    }
    guard length <= UInt64(file.count - 8) else {
      throw EncoderError(
        .malformed, path: file.path, place: "header length",
        expected: "at most the \(file.count - 8) bytes that follow", found: "\(length)",
        advice: "fetch it again if it was cut short")
    }
    return Int(length)
  }

  /// The header's bytes. What `JSONDecoder` would take and the format does not (UTF-16, a byte order mark) is refused.
  private static func text(of file: MappedFile, length: Int) throws(EncoderError) -> Data {
    let (json, isText) = file.withUnsafeBytes { bytes in
      let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + length])
      let isText = String(validating: header, as: UTF8.self) != nil && !header.contains(0)
      return (Data(header), isText)
    }
    guard isText else {
      throw EncoderError(
        .malformed, path: file.path, place: "header", expected: "UTF-8 text", found: "other bytes")
    }
    guard json.first == UInt8(ascii: "{") else {
      throw EncoderError(
        .malformed, path: file.path, place: "header", expected: "a JSON object",
        found: json.isEmpty ? "nothing" : "text that does not begin with {")
    }
    return json
  }

  private static func entry(
    _ tensor: RawTensor, name: String, path: String, dataStart: Int, fileEnd: Int
  ) throws(EncoderError) -> Entry {
    func failure(_ expected: String, _ found: String) -> EncoderError {
      EncoderError(
        .malformed, path: path, place: "tensor " + EncoderError.quoted(name), expected: expected,
        found: found)
    }
    guard let type = TensorType(rawValue: tensor.dtype) else {
      throw failure("a dtype of the safetensors format", EncoderError.quoted(tensor.dtype))
    }
    guard tensor.dataOffsets.count == 2 else {
      throw failure("two data_offsets", "\(tensor.dataOffsets.count)")
    }
    let (begin, end) = (tensor.dataOffsets[0], tensor.dataOffsets[1])
    let available = fileEnd - dataStart
    guard begin >= 0, begin <= end, end <= available else {
      throw failure(
        "data_offsets in ascending order within the \(available) bytes of data",
        "[\(begin), \(end)]")
    }
    var count = 1
    var overflow = false
    for size in tensor.shape {
      guard size >= 0 else { throw failure("no negative size in shape", shown(tensor.shape)) }
      let product = count.multipliedReportingOverflow(by: size)
      count = product.partialValue
      overflow = overflow || product.overflow
    }
    let bits = count.multipliedReportingOverflow(by: type.bits)
    guard !overflow, !bits.overflow, bits.partialValue % 8 == 0,
      bits.partialValue / 8 == end - begin
    else {
      throw failure(
        "as many bytes as shape \(shown(tensor.shape)) of \(type.rawValue) takes",
        "\(end - begin) bytes in data_offsets")
    }
    return Entry(
      type: type, shape: tensor.shape, count: count, start: dataStart + begin, end: dataStart + end)
  }

  /// A shape in at most a few characters: it comes from the file and may have any number of dimensions.
  private static func shown(_ shape: [Int]) -> String {
    shape.count <= 8 ? "\(shape)" : "of \(shape.count) dimensions"
  }

  /// Data that no tensor claims can hide anything, and data that two claim is a mistake; both are refused. A name
  /// given twice shows up here too: the decoder keeps one entry, and the other's bytes are a hole.
  private static func checkContiguous(
    _ entries: [String: Entry], path: String, dataStart: Int, fileEnd: Int
  ) throws(EncoderError) {
    let inOrder = entries.sorted {
      ($0.value.start, $0.value.end, $0.key) < ($1.value.start, $1.value.end, $1.key)
    }
    var position = dataStart
    for (name, entry) in inOrder {
      guard entry.start == position else {
        throw EncoderError(
          .malformed, path: path, place: "tensor " + EncoderError.quoted(name),
          expected: "no hole or overlap: data from byte \(position - dataStart)",
          found: "byte \(entry.start - dataStart)")
      }
      position = entry.end
    }
    guard position == fileEnd else {
      throw EncoderError(
        .malformed, path: path, expected: "\(position) bytes, where the last tensor ends",
        found: "\(fileEnd)", advice: "fetch it again if it was damaged")
    }
  }
}

/// The header as the file has it, unchecked.
private struct RawHeader: Decodable {
  var tensors: [(name: String, tensor: RawTensor)] = []
  var metadata: [String: String] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors.append((key.stringValue, try container.decode(RawTensor.self, forKey: key)))
      }
    }
  }
}

private struct RawTensor: Decodable {
  var dtype: String
  var shape: [Int]
  var dataOffsets: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype
    case shape
    case dataOffsets = "data_offsets"
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
