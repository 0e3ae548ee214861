/// How a word is written, which an uncased encoder never sees: the "caps" feature of Collobert et al.
/// (2011, section 4.3), with kinds for digits and punctuation.
///
/// Only letters and digits count: `@Apple` looks as `Apple` does. The raw values are part of the
/// adapter's format.
public enum WordShape: UInt8, CaseIterable, Hashable, Sendable {
  /// Letters, none of them capital: `apple`, `l'été`.
  case lower = 1
  /// One capital letter before others that are not: `Apple`.
  case initialCapital
  /// Capital letters alone, at least two: `NASA`.
  case allUpper
  /// One capital letter alone: `I`, `J.`.
  case singleCapital
  /// Capital letters elsewhere: `iPhone`, `McDonald`, `U.S.-led`.
  case mixed
  /// Digits alone: `2026`, `3.5%`.
  case digits
  /// Digits among letters without a capital: `3rd`.
  case digitsAndLower
  /// Digits among letters with a capital: `B-52`, `Covid19`.
  case digitsAndUpper
  /// Neither letters nor digits: `.`, `:-)`.
  case symbols
  /// Letters of a script without capitals: `東京`.
  case uncased

  public init(ofWord word: String) {
    var counts = Counts()
    for scalar in word.unicodeScalars { counts.add(ScalarKind(scalar)) }
    self = counts.shape
  }

  private struct Counts {
    var upper = 0
    var lower = 0
    var uncased = 0
    var digits = 0
    /// Whether the first letter is a capital.
    var startsUpper = false

    mutating func add(_ kind: ScalarKind) {
      switch kind {
      case .uppercase:
        if upper + lower + uncased == 0 { startsUpper = true }
        upper += 1
      case .lowercase: lower += 1
      case .letter, .ideograph: uncased += 1
      case .digit: digits += 1
      case .space, .extender, .emoji, .regionalIndicator, .symbol: break
      }
    }

    var shape: WordShape {
      let letters = upper + lower + uncased
      if letters == 0 { return digits == 0 ? .symbols : .digits }
      if digits > 0 { return upper > 0 ? .digitsAndUpper : .digitsAndLower }
      if upper == 0 { return lower > 0 ? .lower : .uncased }
      if upper == letters { return upper > 1 ? .allUpper : .singleCapital }
      return startsUpper && upper == 1 ? .initialCapital : .mixed
    }
  }
}
