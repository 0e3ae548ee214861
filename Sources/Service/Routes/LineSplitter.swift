/// Puts lines together from the parts of a body; of one that is too long the beginning alone is kept. Blank lines are none.
struct LineSplitter {
  struct Line: Sendable {
    var bytes: [UInt8]
    /// From 1, blank ones counted.
    var number: Int
    /// Whether it was longer than it may be.
    var isCut: Bool
  }

  private let limit: Int
  private var number = 1
  private var current: [UInt8] = []
  private var isCut = false
  private var lines: [Line] = []

  init(limit: Int) { self.limit = limit }

  mutating func take(_ part: some Collection<UInt8>) {
    var rest = part[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      append(rest[..<end])
      endLine()
      rest = rest[rest.index(after: end)...]
    }
    append(rest)
  }

  /// The lines that have come whole, once each.
  mutating func whole() -> [Line] {
    defer { lines = [] }
    return lines
  }

  /// The lines that are left when the body has ended.
  mutating func rest() -> [Line] {
    endLine()
    return whole()
  }

  private mutating func append(_ bytes: some Collection<UInt8>) {
    let room = limit - current.count
    isCut = isCut || bytes.count > room
    current += bytes.prefix(room)
  }

  private mutating func endLine() {
    if isCut || !current.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
      lines.append(Line(bytes: current, number: number, isCut: isCut))
    }
    (current, isCut) = ([], false)
    number += 1
  }
}
