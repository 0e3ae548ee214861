import Corpora
import HTTPTypes
import Hummingbird
import Tokenization

/// A request's body as JSON, within the limits.
struct JSONBody {
  let limits: ServiceLimits

  /// - Throws: `Problem`, and what the connection does.
  func json(of request: Request, _ context: ServiceContext) async throws -> JSONValue {
    try request.requireContentType("application/json")
    let bytes = try await RequestBytes(most: limits.bodyBytes, limits: limits)
      .read(request, context)
    return try parse(bytes[...], place: "the body")
  }

  /// - Throws: `Problem`.
  func parse(_ bytes: ArraySlice<UInt8>, place: String) throws(Problem) -> JSONValue {
    func problem(_ expected: String, _ found: String) -> Problem {
      Problem(.malformedBody, "\(place): expected \(expected), found \(found)")
    }
    if let invalid = UTF8Check.firstInvalid(in: bytes) {
      throw problem("UTF-8", "another byte at offset \(invalid)")
    }
    guard Self.depth(of: bytes) <= limits.depth else {
      throw Problem(
        .tooDeep, "\(place): expected JSON nested at most \(limits.depth) deep, found deeper")
    }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw problem(error.expected, "\(error.found) at offset \(error.offset)")
    }
  }

  /// How deep brackets are nested, outside strings.
  static func depth(of bytes: ArraySlice<UInt8>) -> Int {
    var (depth, most) = (0, 0)
    var (isString, isEscaped) = (false, false)
    for byte in bytes {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        most = max(most, depth)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    return most
  }
}
