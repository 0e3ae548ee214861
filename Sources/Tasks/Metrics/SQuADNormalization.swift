/// The words of an answer as SQuAD's evaluation compares them: in lower case, without ASCII
/// punctuation, without articles.
///
/// All is done on scalars as Python does it: `str.lower`, `string.punctuation`, the regular
/// expression `\b(a|an|the)\b`, `str.split`.
enum SQuADNormalization {
  typealias Token = [Unicode.Scalar]

  static func tokens(of answer: String) -> [Token] {
    let plain = lowercased(Array(answer.unicodeScalars)).filter { !isPunctuation($0) }
    return withoutArticles(plain).split(whereSeparator: isSpace).map(Array.init)
  }

  /// `str.lower`: a sigma at the end of a word becomes ς, as in Unicode's special casing.
  static func lowercased(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        let isCapital = ("A"..."Z").contains(scalar)
        result.append(isCapital ? Unicode.Scalar(UInt8(ascii: scalar) + 32) : scalar)
      } else if scalar == "\u{3A3}" {
        result.append(isFinalSigma(index, in: scalars) ? "\u{3C2}" : "\u{3C3}")
      } else {
        result += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return result
  }

  /// Whether a cased letter stands before it, and none behind, case-ignorable ones apart.
  private static func isFinalSigma(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    guard let before, before.properties.isCased else { return false }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return after.map { !$0.properties.isCased } ?? true
  }

  /// `string.punctuation`.
  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }

  /// Each article a space: a run of word characters that is one.
  private static func withoutArticles(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var start = 0
    while start < scalars.count {
      guard isWordCharacter(scalars[start]) else {
        result.append(scalars[start])
        start += 1
        continue
      }
      var end = start + 1
      while end < scalars.count, isWordCharacter(scalars[end]) { end += 1 }
      if articles.contains(where: { $0.elementsEqual(scalars[start..<end]) }) {
        result.append(" ")
      } else {
        result += scalars[start..<end]
      }
      start = end
    }
    return result
  }

  private static let articles: [[Unicode.Scalar]] = [["a"], ["a", "n"], ["t", "h", "e"]]

  /// `\w`: `str.isalnum`, or a low line. Marks are none.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": return true
      default: return false
      }
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return scalar.properties.numericType != nil
    }
  }

  /// `str.isspace`.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }
}
