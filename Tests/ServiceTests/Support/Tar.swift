import Foundation

/// Makes archives as `tar` does (POSIX ustar), and wrong ones.
enum Tar {
  static func archive(_ files: [(name: String, contents: [UInt8])]) -> [UInt8] {
    files.flatMap { entry($0.name, $0.contents) } + [UInt8](repeating: 0, count: 1024)
  }

  /// The two files of an adapter's folder, and what else is in it.
  static func archive(folder: URL) throws -> [UInt8] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return archive(
      try names.map { name in
        ("./\(name)", Array(try Data(contentsOf: folder.appendingPathComponent(name))))
      })
  }

  /// The path of the next entry, as GNU's tar (`L`) or pax (`x`) says it.
  static func longName(_ path: String, kind: UInt8) -> [UInt8] {
    guard kind == UInt8(ascii: "x") else {
      return entry("long", Array(path.utf8) + [0], kind: kind)
    }
    let rest = " path=\(path)\n"
    // The length counts its own digits.
    let length = (1...4).map { rest.utf8.count + $0 }.first {
      String($0).count == $0 - rest.utf8.count
    }
    return entry("pax", Array("17 mtime=1700000\n\(length ?? 0)\(rest)".utf8), kind: kind)
  }

  /// - Parameter size: as the header says it; that of the contents unless said.
  static func entry(
    _ name: String, _ contents: [UInt8], kind: UInt8 = 0x30, size: String? = nil
  ) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    put(name, 0)
    put("0000644", 100)
    let octal = String(contents.count, radix: 8)
    put(size ?? String(repeating: "0", count: 11 - octal.utf8.count) + octal, 124)
    header[156] = kind
    put("ustar\u{0}00", 257)
    put("        ", 148)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0} ", 148)
    return header + contents
      + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }
}
