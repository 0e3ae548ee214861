extension Unicode.Scalar {
  /// Whether it is a letter, digit or mark: what words are made of, for the full-text table too
  /// (categories L, N, Co, and M within a word).
  var isInWords: Bool {
    if value < 0x80 {
      return (0x61...0x7A).contains(value) || (0x41...0x5A).contains(value)
        || (0x30...0x39).contains(value)
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse, .nonspacingMark, .spacingMark,
      .enclosingMark:
      return true
    default: return false
    }
  }
}
