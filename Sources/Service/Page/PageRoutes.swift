import HTTPTypes
import Hummingbird

/// What is the same for everybody: the page at `/`, the description at `/openapi.json`, and the problems' types.
struct PageRoutes {
  /// Nothing from another host, and no script but the page's own.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on(
      "/",
      [
        (
          .get,
          { _, _ in
            var response = Self.response(PackageResources.page_html, "text/html; charset=utf-8")
            if let name = HTTPField.Name("Content-Security-Policy") {
              response.headers[name] = Self.policy
            }
            return response
          }
        )
      ])
    group.on(
      "openapi.json",
      [
        (
          .get,
          { _, _ in
            Self.response(PackageResources.openapi_json, "application/json")
          }
        )
      ])
    group.on(
      "problems/:kind",
      [
        (
          .get,
          { _, context in
            guard let kind = Problem.Kind(rawValue: try context.parameters.require("kind")) else {
              throw Problem(.notFound, "expected a type of problems, found another")
            }
            let text = "\(kind.rawValue) (\(kind.status.code))\n\(kind.title) \(kind.advice)\n"
            return Self.response(Array(text.utf8), "text/plain; charset=utf-8")
          }
        )
      ])
  }

  private static func response(_ bytes: [UInt8], _ type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: type, .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
