/// Reads the text that `tools/golden/tokenizer_tables.py` writes: items between white space, each of
/// hexadecimal numbers with one separator byte between them; `-` right after a separator negates.
struct TableReader {
  private static let minus = UInt8(ascii: "-")

  /// Calls `body` with the numbers of each item.
  static func forEachItem(of text: String, _ body: ([Int]) -> Void) {
    var numbers: [Int] = []
    var value = 0
    var digits = 0
    var negative = false
    func finishNumber() {
      guard digits > 0 else { return }
      numbers.append(negative ? -value : value)
      value = 0
      digits = 0
      negative = false
    }
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39:
        value = value << 4 | Int(byte - 0x30)
        digits += 1
      case 0x61...0x66:
        value = value << 4 | Int(byte - 0x61 + 10)
        digits += 1
      case 0x20, 0x0A:
        finishNumber()
        if !numbers.isEmpty { body(numbers) }
        numbers.removeAll(keepingCapacity: true)
      default:
        if digits == 0 && byte == minus { negative = true }
        finishNumber()
      }
    }
    finishNumber()
    if !numbers.isEmpty { body(numbers) }
  }
}
