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

  /// How many units a scalar is, the next one left aside.
  func length(_ scalar: Unicode.Scalar) -> Int {
    switch self {
    case .scalars, .scalarsOfLines: 1
    case .utf16: UTF16.width(scalar)
    case .bytes: UTF8.width(scalar)
    }
  }
}
