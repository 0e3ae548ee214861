/// What the offsets of a file count.
enum OffsetUnit: Hashable, CaseIterable, Sendable {
  /// Code points.
  case scalars
  case utf16
  /// Bytes of UTF-8.
  case bytes
  /// Code points, a carriage return before a line feed left out.
  case scalarsOfLines

  /// What a repair is called.
  var reason: String {
    switch self {
    case .scalars: "offsets in code points"
    case .utf16: "offsets in UTF-16 units"
    case .bytes: "offsets in bytes"
    case .scalarsOfLines: "offsets that do not count carriage returns"
    }
  }
}

/// Finds the scalars of a text by offsets in another unit.
struct OffsetTable {
  /// Where each scalar begins, and where the text ends; nil where every scalar is one unit.
  private let starts: [Int]?
  /// The text's length in units.
  let length: Int

  init(_ scalars: ArraySlice<Unicode.Scalar>, _ unit: OffsetUnit) {
    let isPlain =
      switch unit {
      case .scalars: true
      case .utf16: scalars.allSatisfy { $0.value < 0x10000 }
      case .bytes: scalars.allSatisfy(\.isASCII)
      case .scalarsOfLines: !scalars.contains("\r")
      }
    guard !isPlain else {
      starts = nil
      length = scalars.count
      return
    }
    var starts: [Int] = []
    starts.reserveCapacity(scalars.count + 1)
    var position = 0
    for index in scalars.indices {
      starts.append(position)
      let scalar = scalars[index]
      switch unit {
      case .scalars: position += 1
      case .utf16: position += UTF16.width(scalar)
      case .bytes: position += UTF8.width(scalar)
      case .scalarsOfLines:
        let next = index + 1
        let isLeftOut = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
        position += isLeftOut ? 0 : 1
      }
    }
    starts.append(position)
    self.starts = starts
    length = position
  }

  /// The scalar that begins at an offset (the text's end included); nil outside of the text and
  /// inside a scalar.
  func scalar(at offset: Int) -> Int? {
    guard offset >= 0, offset <= length else { return nil }
    guard let starts else { return offset }
    let index = starts.partitioningIndex { $0 >= offset }
    return starts[index] == offset ? index : nil
  }
}

/// Numbers as standoff formats write them.
enum OffsetNumber {
  /// A decimal number, white space around it allowed; nil for anything else, and for what is so
  /// far from zero that sums could overflow.
  static func value(of text: some Collection<UInt8>) -> Int? {
    var value = 0
    var isNegative = false
    var hasDigits = false
    var isEnded = false
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard !isEnded else { return nil }
        hasDigits = true
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        guard value < 1 << 50 else { return nil }
      case UInt8(ascii: "-"):
        guard !hasDigits, !isNegative, !isEnded else { return nil }
        isNegative = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if hasDigits || isNegative { isEnded = true }
      default: return nil
      }
    }
    return hasDigits ? (isNegative ? -value : value) : nil
  }
}
