import Foundation

/// A safetensors file taken apart, to be damaged.
struct SafetensorsParts {
  var header: [String: Any]
  var data: [UInt8]

  struct Unreadable: Error {}

  init(_ bytes: [UInt8]) throws {
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let object = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
    guard let header = object as? [String: Any] else { throw Unreadable() }
    self.header = header
    data = Array(bytes[(8 + length)...])
  }

  /// Changes a field of a tensor's entry.
  mutating func set(_ field: String, of tensor: String, to value: Any) throws {
    guard var entry = header[tensor] as? [String: Any] else { throw Unreadable() }
    entry[field] = value
    header[tensor] = entry
  }

  func bytes() throws -> [UInt8] {
    let json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
    let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    return length + json + data
  }
}
