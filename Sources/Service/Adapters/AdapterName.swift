/// Names that are safe as parts of paths: 1 to 64 letters, digits, `-`, `_` and `.`, not first.
public enum AdapterName {
  /// - Throws: `Problem` for a name that could lead out of a folder, or be taken for something else.
  static func require(_ name: String) throws(Problem) {
    guard isValid(name) else {
      throw Problem(
        .invalidRequest,
        "expected an adapter's name of 1 to 64 letters, digits, -, _ and ., not first, found another"
      )
    }
  }

  public static func isValid(_ name: String) -> Bool {
    let bytes = name.utf8
    guard (1...64).contains(bytes.count), bytes.first != UInt8(ascii: ".") else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
  }
}
