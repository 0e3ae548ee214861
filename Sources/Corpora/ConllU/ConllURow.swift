/// The first column of a row.
enum ConllUID: Hashable, Sendable {
  /// `7`
  case word(Int)
  /// `5-6`: one written word that is several syntactic ones.
  case multiword(first: Int, last: Int)
  /// `24.1`: a word that is not written.
  case empty(after: Int, number: Int)

  init?(_ field: some Collection<UInt8>) {
    if let number = Self.number(field) {
      guard number > 0 else { return nil }
      self = .word(number)
      return
    }
    guard
      let mark = field.firstIndex(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }),
      let left = Self.number(field[..<mark]),
      let right = Self.number(field[field.index(after: mark)...])
    else { return nil }
    if field[mark] == UInt8(ascii: ".") {
      self = .empty(after: left, number: right)
    } else {
      guard left > 0, left <= right else { return nil }
      self = .multiword(first: left, last: right)
    }
  }

  /// At most nine digits, so that no arithmetic on it overflows.
  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(digits.count) else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }
}

/// Which columns a file has: ten, or those of a `# global.columns` line (CoNLL-U Plus).
struct ConllUColumns: Hashable, Sendable {
  var count = 10
  var id = 0
  var form = 1
  var misc: Int? = 9

  init() {}

  /// nil if `ID` or `FORM` is not among the names.
  init?(names: String) {
    let names = names.pieces(between: UInt8(ascii: " ")).filter { !$0.isEmpty }
    guard let id = names.firstIndex(of: "ID"), let form = names.firstIndex(of: "FORM")
    else { return nil }
    count = names.count
    self.id = id
    self.form = form
    misc = names.firstIndex(of: "MISC")
  }
}

/// One row with its cells as they stand in the file.
struct ConllURow: Sendable {
  var id: ConllUID
  var cells: [String]
  var line: Int
}

/// The `key=value` pairs of the last column.
struct ConllUMisc {
  private let pairs: [Substring]

  init(_ cell: String) {
    pairs = cell == "_" || cell.isEmpty ? [] : cell.pieces(between: UInt8(ascii: "|"))
  }

  func value(_ key: String) -> Substring? {
    for pair in pairs {
      let bytes = pair.utf8
      guard bytes.starts(with: key.utf8) else { continue }
      let sign = bytes.index(bytes.startIndex, offsetBy: key.utf8.count)
      guard sign < bytes.endIndex, bytes[sign] == UInt8(ascii: "=") else { continue }
      return pair[bytes.index(after: sign)...]
    }
    return nil
  }

  /// The column without the pairs of `keys`, and `added` in front; `_` if nothing is left.
  func replacing(_ keys: [String], with added: [String]) -> String {
    let kept = pairs.filter { pair in
      !keys.contains { key in pair.utf8.starts(with: (key + "=").utf8) }
    }
    let all = added + kept.map(String.init)
    return all.isEmpty ? "_" : all.joined(separator: "|")
  }

  /// What stands between the word and the next one of its sentence.
  var gap: String { spaces ?? (value("SpaceAfter") == "No" ? "" : " ") }

  /// Whether it says what follows the word.
  var saysGap: Bool { value("SpacesAfter") != nil || value("SpaceAfter") != nil }

  /// `SpacesAfter` without its escapes; nil if there is none, or if it is not of white space.
  private var spaces: String? {
    guard let value = value("SpacesAfter") else { return nil }
    var scalars: [Unicode.Scalar] = []
    var isEscaped = false
    for scalar in value.unicodeScalars {
      if isEscaped {
        isEscaped = false
        switch scalar {
        case "s": scalars.append(" ")
        case "t": scalars.append("\t")
        case "n": scalars.append("\n")
        case "r": scalars.append("\r")
        default: return nil
        }
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar.isWhiteSpace {
        scalars.append(scalar)
      } else {
        return nil
      }
    }
    return isEscaped ? nil : String(scalars: scalars)
  }
}

extension StringProtocol where SubSequence == Substring {
  /// What stands between the separators, empty pieces included; by bytes, so that a combining
  /// accent after a separator changes nothing.
  func pieces(between separator: UInt8, maxSplits: Int = .max) -> [Substring] {
    self[...].utf8.split(
      separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: false
    ).map { Substring($0) }
  }
}
