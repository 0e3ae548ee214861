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
