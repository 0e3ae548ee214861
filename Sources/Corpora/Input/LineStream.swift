#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One line of a file, with its line end.
public struct Line: Hashable, Sendable {
  /// The line as it stands in the file: byte order mark and line end included.
  public let bytes: ArraySlice<UInt8>
  /// The line's text: `bytes` without byte order mark and line end. Valid UTF-8.
  public let content: ArraySlice<UInt8>
  /// 1-based.
  public let number: Int

  /// The line's text.
  public var text: String { String(decoding: content, as: UTF8.self) }
}

/// Cuts a stream of UTF-8 into lines, in memory bounded by the longest line.
///
/// A line ends with LF or CR LF; a last line without an end counts. Text that is not UTF-8 and a
/// line beyond the limit are errors.
public struct LineStream: Sendable {
  private let file: String
  private let limit: Int
  private let allowsCarriageReturns: Bool
  private var pending: [UInt8] = []
  private var number = 0
  /// Where the pending line starts in the file.
  private var offset = 0

  /// - Parameters:
  ///   - limit: the longest line accepted, in bytes.
  ///   - allowsCarriageReturns: whether a carriage return may stand inside a line; else it is an
  ///     error, being the line end of another system.
  public init(file: String, limit: Int = 16 << 20, allowsCarriageReturns: Bool = true) {
    self.file = file
    self.limit = limit
    self.allowsCarriageReturns = allowsCarriageReturns
  }

  /// Takes the next bytes of the file, however they are cut, and hands on each complete line.
  public mutating func feed(_ chunk: [UInt8], _ body: (Line) throws -> Void) throws {
    var start = 0
    while let newline = Self.newline(in: chunk, from: start) {
      let end = newline + 1
      if pending.isEmpty {
        try hand(chunk[start..<end], body)
      } else {
        pending += chunk[start..<end]
        let line = pending
        pending = []
        try hand(line[...], body)
      }
      start = end
    }
    if start < chunk.count {
      pending += chunk[start...]
      // Checked here as well: a file without line ends must not fill the memory.
      try checkLength(pending.count)
    }
  }

  /// Hands on the last line, if it has no line end.
  public mutating func finish(_ body: (Line) throws -> Void) throws {
    guard !pending.isEmpty else { return }
    let line = pending
    pending = []
    try hand(line[...], body)
  }

  private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { raw in
      guard start < raw.count, let base = raw.baseAddress,
        let found = memchr(base + start, Int32(UInt8(ascii: "\n")), raw.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  private func checkLength(_ count: Int) throws {
    guard count > limit else { return }
    throw CorpusError(
      file: file, line: number + 1, expected: "lines of at most \(limit) bytes",
      found: "a longer one")
  }

  private mutating func hand(_ line: ArraySlice<UInt8>, _ body: (Line) throws -> Void) throws {
    try checkLength(line.count)
    number += 1
    var content = line
    if content.last == UInt8(ascii: "\n") {
      content = content.dropLast()
      // Some files have been converted to CR LF twice.
      while content.last == UInt8(ascii: "\r") { content = content.dropLast() }
    }
    if number == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    if let invalid = UTF8Check.firstInvalid(in: content) {
      let place = content.startIndex - line.startIndex + invalid
      let byte = String(content[content.startIndex + invalid], radix: 16, uppercase: true)
      throw CorpusError(
        file: file, line: number, column: place + 1, expected: "UTF-8 (or --encoding latin1)",
        found: "byte 0x\(byte) at byte offset \(offset + place) of the file")
    }
    if !allowsCarriageReturns, let stray = content.firstIndex(of: UInt8(ascii: "\r")) {
      throw CorpusError(
        file: file, line: number, column: stray - line.startIndex + 1,
        expected: "lines that end with LF or CR LF", found: "a carriage return inside a line")
    }
    offset += line.count
    try body(Line(bytes: line, content: content, number: number))
  }
}
