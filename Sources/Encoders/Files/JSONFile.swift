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
        .malformed, path: file.path, expected: expected, found: explain(error))
    }
  }

  /// A `DecodingError` in a few words: where, and what the decoder says is wrong.
  static func explain(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found):
      context = found
    case .dataCorrupted(let found):
      // Foundation keeps line and column of a syntax error in the error beneath.
      let cause = found.underlyingError.map { ($0 as NSError).userInfo["NSDebugDescription"] }
      if let cause = cause as? String { return cause }
      context = found
    @unknown default: return "something else"
    }
    let place = context.codingPath.map(\.stringValue).joined(separator: " / ")
    return (place.isEmpty ? "" : "at \(EncoderError.quoted(place)): ") + context.debugDescription
  }
}
