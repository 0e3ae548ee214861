import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A connection to a port of this machine, on which anything can be sent, right or wrong.
final class RawConnection: Sendable {
  private let descriptor: Int32

  struct Failure: Error, CustomStringConvertible { var description: String }

  /// - Parameter patience: seconds that a read may take.
  init(port: Int, patience: Int = 20) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(description: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  /// - Returns: whether all of it was taken.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// What has come; nil at the end, also where that is a reset.
  ///
  /// - Throws: `Failure` where nothing comes for too long.
  func receive(_ most: Int = 1 << 16) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &buffer, most, 0)
    if count < 0, errno == EAGAIN { throw Failure(description: "nothing came for too long") }
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// What has come already; nil: nothing yet.
  func receiveNow() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  func receiveAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let part = try receive() { bytes += part }
    return bytes
  }

  /// Ends what is sent; `both`: hangs up.
  func shutdown(both: Bool = false) {
    _ = Glibc.shutdown(descriptor, Int32((both ? SHUT_RDWR : SHUT_WR)))
  }
}

/// What came back for a request.
struct WebResponse: Sendable {
  var status: Int
  /// By lower-case names.
  var headers: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }

  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
  }
  /// The last part of a problem's type.
  var problem: String? {
    ((try? json())?["type"] as? String)?.split(separator: "/").last.map(String.init)
  }

  init(_ bytes: [UInt8]) throws {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw RawConnection.Failure(
        description: "no response: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
    }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n")
    status = Int(head[0].split(separator: " ")[1]) ?? 0
    headers = [:]
    for line in head.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces) ?? ""
    }
    body = Array(bytes[end.upperBound...])
    if headers["transfer-encoding"] == "chunked" { body = Self.joined(body) }
  }

  private static func joined(_ chunked: [UInt8]) -> [UInt8] {
    var (rest, body) = (chunked[...], [UInt8]())
    while let end = rest.firstRange(of: Array("\r\n".utf8)),
      let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
      body += rest[end.upperBound...].prefix(size)
      rest = rest[end.upperBound...].dropFirst(size + 2)
    }
    return body
  }
}

/// Asks a service that listens here.
struct WebClient: Sendable {
  let port: Int
  var token: String?

  func get(_ path: String, headers: [String: String] = [:]) async throws -> WebResponse {
    try await request("GET", path, headers: headers)
  }

  func post(
    _ path: String, _ json: String, headers: [String: String] = [:]
  ) async throws -> WebResponse {
    try await request(
      "POST", path, headers: ["Content-Type": "application/json"].merging(headers) { $1 },
      body: Array(json.utf8))
  }

  func request(
    _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
  ) async throws -> WebResponse {
    let bytes = head(method, path, headers: headers, length: body.count) + body
    let port = port
    return try await Self.blocking {
      let connection = try RawConnection(port: port)
      connection.send(bytes)
      return try WebResponse(connection.receiveAll())
    }
  }

  func head(
    _ method: String, _ path: String, headers: [String: String] = [:], length: Int
  ) -> [UInt8] {
    var all = headers
    all["Host"] = headers["Host"] ?? "localhost"
    all["Connection"] = "close"
    if length > 0 { all["Content-Length"] = String(length) }
    if let token { all["Authorization"] = "Bearer \(token)" }
    let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
    return Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8)
  }

  /// Off the threads that the service in this process needs.
  static func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }
}
