package import Foundation

/// Writes safetensors: the same tensors and metadata always give the same bytes.
///
/// The header's keys are sorted, and it is padded with spaces to a multiple of eight bytes, so that every float32
/// tensor can be used in place once mapped. Tensors are laid out in the order given.
package enum SafetensorsWriter {
  package typealias Tensor = (name: String, shape: [Int], values: [Float])

  /// The whole file in memory. Names differ from one another and are not `__metadata__`; each tensor has as many
  /// values as its shape has elements.
  package static func encode(_ tensors: [Tensor], metadata: [String: String] = [:]) -> Data {
    var data = header(tensors, metadata: metadata)
    data.reserveCapacity(data.count + tensors.reduce(0) { $0 + 4 * $1.values.count })
    for tensor in tensors {
      tensor.values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }

  /// The same bytes, written to `handle` tensor by tensor. Syncing and renaming are the caller's.
  package static func write(
    _ tensors: [Tensor], metadata: [String: String] = [:], to handle: FileHandle
  ) throws {
    try handle.write(contentsOf: header(tensors, metadata: metadata))
    for tensor in tensors {
      try handle.write(contentsOf: tensor.values.withUnsafeBytes { Data($0) })
    }
  }

  /// Length and header, padded.
  private static func header(_ tensors: [Tensor], metadata: [String: String]) -> Data {
    var fields: [(key: String, json: String)] = []
    if !metadata.isEmpty {
      let strings = metadata.map { (key: $0.key, json: quoted($0.value)) }
      fields.append(("__metadata__", object(strings)))
    }
    var offset = 0
    for (name, shape, values) in tensors {
      precondition(
        shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
        "as many values as the shape has elements")
      precondition(name != "__metadata__", "a name that the format keeps for itself")
      let end = offset + 4 * values.count
      let sizes = shape.map(String.init).joined(separator: ",")
      fields.append(
        (name, "{\"data_offsets\":[\(offset),\(end)],\"dtype\":\"F32\",\"shape\":[\(sizes)]}"))
      offset = end
    }
    precondition(Set(fields.map(\.key)).count == fields.count, "names that differ")
    var text = Array(object(fields).utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var data = Data()
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: text)
    return data
  }

  /// A JSON object with its keys in ascending order of their UTF-8 bytes.
  private static func object(_ fields: [(key: String, json: String)]) -> String {
    let sorted = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{" + sorted.map { quoted($0.key) + ":" + $0.json }.joined(separator: ",") + "}"
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
