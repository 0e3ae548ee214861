import Corpora

/// A value to print as JSON. Keys keep their order, and are not compared: labels that differ only
/// in how accents are composed stay two labels.
indirect enum JSONOutput {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONOutput])
  case object([(key: String, value: JSONOutput)])

  /// One line, without its end.
  var line: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += "\(value)".utf8
    case .integer(let value): bytes += "\(value)".utf8
    // JSON has no word for what is not a number.
    case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let text): JSONText.append(text, to: &bytes)
    case .array(let values):
      bytes += "[".utf8
      for (index, value) in values.enumerated() {
        if index > 0 { bytes += ", ".utf8 }
        value.append(to: &bytes)
      }
      bytes += "]".utf8
    case .object(let members):
      bytes += "{".utf8
      for (index, member) in members.enumerated() {
        if index > 0 { bytes += ", ".utf8 }
        JSONText.append(member.key, to: &bytes)
        bytes += ": ".utf8
        member.value.append(to: &bytes)
      }
      bytes += "}".utf8
    }
  }
}
