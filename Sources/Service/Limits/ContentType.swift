import HTTPTypes
import Hummingbird

extension Request {
  /// Checks what the body is said to be; where nothing is said, it is taken for what is wanted.
  ///
  /// - Parameter types: media types that are taken.
  /// - Throws: `Problem`.
  func requireContentType(_ types: String...) throws(Problem) {
    if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
      throw Problem(
        .unsupportedMediaType, "expected no Content-Encoding, found \(coding.prefix(80))")
    }
    guard let given = headers[.contentType] else { return }
    let name = given.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
    guard !types.contains(name) else { return }
    throw Problem(
      .unsupportedMediaType,
      "expected \(types.joined(separator: " or ")), found \(given.prefix(80))")
  }
}
