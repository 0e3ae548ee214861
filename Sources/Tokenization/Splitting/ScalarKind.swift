/// What a scalar can be to the splitter.
enum ScalarKind: Sendable {
  case space
  case lowercase
  case uppercase
  /// A letter without case, and anything else that is neither space nor symbol (control, unassigned …).
  case letter
  case digit
  /// A mark, joiner or format character; it goes with whatever stands before it.
  case extender
  /// An ideograph or kana; a word of its own.
  case ideograph
  case emoji
  case regionalIndicator
  case symbol

  init(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x80 {
      self = Self.ofASCII(value)
      return
    }
    switch value {
    case 0x3041...0x3096, 0x309D...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D,
      0x3005...0x3007, 0x1B000...0x1B16F, 0x30000...0x323AF:
      self = .ideograph
      return
    case 0x1F1E6...0x1F1FF:
      self = .regionalIndicator
      return
    case 0x1F3FB...0x1F3FF, 0xE0020...0xE007F:
      self = .extender
      return
    default: break
    }
    let flags = ScalarTable.shared[value].flags
    if flags.contains(.space) {
      self = .space
    } else if flags.contains(.ideograph) {
      self = .ideograph
    } else {
      self.init(category: scalar)
    }
  }

  private init(category scalar: Unicode.Scalar) {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .lowercaseLetter: self = .lowercase
    case .uppercaseLetter, .titlecaseLetter: self = .uppercase
    case .modifierLetter, .otherLetter, .letterNumber: self = .letter
    case .decimalNumber, .otherNumber: self = .digit
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: self = .extender
    case .control, .privateUse, .surrogate, .unassigned: self = .letter
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: self = .space
    default: self = properties.isEmoji && scalar.value > 0x2100 ? .emoji : .symbol
    }
  }

  private static func ofASCII(_ value: UInt32) -> ScalarKind {
    switch value {
    case 0x61...0x7A: .lowercase
    case 0x41...0x5A: .uppercase
    case 0x30...0x39: .digit
    case 0x20, 0x09...0x0D: .space
    case 0x5F: .letter
    case 0x21...0x7E: .symbol
    default: .letter
    }
  }

  var isLetter: Bool { self == .lowercase || self == .uppercase || self == .letter }

  /// Letter or digit.
  var isPart: Bool { isLetter || self == .digit }
}

extension Unicode.Scalar {
  /// `'` or its curly forms.
  var isApostrophe: Bool { self == "'" || self == "\u{2019}" || self == "\u{2018}" }

  var isHyphen: Bool { self == "-" || self == "\u{2010}" || self == "\u{2011}" }

  var isDash: Bool { self == "-" || (value >= 0x2012 && value <= 0x2015) }

  /// `!`, `?` and their kin in the Latin way, which need a space after them to end a sentence.
  var isExclamation: Bool {
    self == "!" || self == "?" || (value >= 0x203C && value <= 0x203D)
      || (value >= 0x2047 && value <= 0x2049)
  }

  /// A stop that ends a sentence whatever follows.
  var isWideStop: Bool {
    self == "\u{3002}" || self == "\u{FF01}" || self == "\u{FF1F}" || self == "\u{FF61}"
      || self == "\u{FF0E}"
  }

  /// Brackets and quotes that close; `"` and `'` close where no space stands before them.
  var isCloser: Bool {
    switch self {
    case ")", "]", "}", "\"", "'", "\u{201D}", "\u{2019}", "\u{BB}", "\u{203A}", "\u{300D}",
      "\u{300F}", "\u{3011}", "\u{300B}", "\u{3009}", "\u{FF09}", "\u{FF3D}":
      true
    default: false
    }
  }
}
