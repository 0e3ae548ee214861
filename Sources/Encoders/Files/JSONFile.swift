import Foundation

/// Reading the small JSON files of an encoder's folder, with errors that name file and place.
enum JSONFile {
  /// Far above any `config.json` or shard index, far below what would exhaust memory.
  static let maximumSize = 64 << 20

  static func decode<Value: Decodable>(
    _ type: Value.Type, from url: URL, expected: String
  ) throws(EncoderError) -> Value {
    let file = try MappedFile(url)
    guard file.count <= maximumSize else {
      throw EncoderError(
        .malformed, path: file.path, expected: expected + " of at most \(maximumSize) bytes",
        found: "\(file.count)")
    }
    let data = file.withUnsafeBytes { Data($0) }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw EncoderError(
        .malformed, path: file.path, expected: expected, found: explain(error, in: data))
    }
  }

  /// A `DecodingError` in a few words: where, and what the decoder says is wrong.
  static func explain(_ error: any Error, in data: Data) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found):
      context = found
    case .dataCorrupted(let found):
      if let syntax = syntaxError(in: data) { return syntax }
      context = found
    @unknown default: return "something else"
    }
    let place = context.codingPath.map(\.stringValue).joined(separator: " / ")
    return (place.isEmpty ? "" : "at \(EncoderError.quoted(place)): ") + context.debugDescription
  }

  /// Line and column of what is no JSON: `JSONDecoder` keeps them to itself on Linux, `JSONSerialization` tells.
  private static func syntaxError(in data: Data) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return nil
    } catch {
      let message = (error as NSError).userInfo["NSDebugDescription"] as? String
      return message.map { withLine($0, in: data) }
    }
  }

  /// `message` with line and column in place of the "character 14" (a byte's offset) that some messages end with.
  private static func withLine(_ message: String, in data: Data) -> String {
    let words = message.split(separator: " ")
    guard words.count > 2, words[words.count - 2] == "character",
      let offset = Int(words[words.count - 1].prefix { $0.isNumber }), offset <= data.count
    else { return message }
    let before = data.prefix(offset)
    let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return words.dropLast(2).joined(separator: " ")
      + " line \(line), column \(offset - lineStart + 1)"
  }
}
