/// What is wrong with a template, and where.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The template as it was given.
  public let template: String
  /// Where the error is: 1-based, in Unicode scalars; one past the last where something is missing.
  public let column: Int
  /// What would have been right at this place.
  public let expected: String
  /// What stands there instead.
  public let found: String

  /// The message, the template below it, and a caret under the place.
  public var description: String {
    let (line, caret) = excerpt()
    return """
      template, column \(column): expected \(expected), found \(found)
        \(line)
        \(caret)^
      """
  }

  /// The part of the template around the place, on one line, and the blanks before the caret.
  private func excerpt() -> (line: String, blanks: String) {
    let reach = 60
    let scalars = Array(template.unicodeScalars)
    let place = min(max(column - 1, 0), scalars.count)
    let start = max(0, place - reach)
    let end = min(scalars.count, place + reach)
    var line = String.UnicodeScalarView()
    var blanks = ""
    if start > 0 {
      line.append("…")
      blanks += " "
    }
    for index in start..<end {
      let scalar = scalars[index]
      line.append(Self.breaksLine(scalar) ? " " : scalar)
      if index < place { blanks += String(repeating: " ", count: Self.columns(of: scalar)) }
    }
    if end < scalars.count { line.append("…") }
    return (String(line), blanks)
  }

  /// Whether a scalar would break the line or move the caret.
  private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// How many columns a terminal gives a scalar (near enough to put a caret).
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0x1F300...0x1FAFF, 0x20000...0x3FFFF:
      return 2
    default: return 1
    }
  }
}
