#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The two files of a brat document.
struct BratFiles {
  /// The path without its extension.
  let stem: String
  /// Whether the file named is the text; the annotations are then its twin.
  let isText: Bool

  /// nil for a file that is named neither `.ann` nor `.txt`.
  init?(_ name: String) {
    let bytes = Array(name.utf8)
    let suffix = bytes.suffix(4).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    guard suffix == Array(".ann".utf8) || suffix == Array(".txt".utf8) else { return nil }
    isText = suffix == Array(".txt".utf8)
    stem = String(decoding: bytes.dropLast(4), as: UTF8.self)
  }

  var twin: String { stem + (isText ? ".ann" : ".txt") }

  /// The stem without its folder.
  var id: String {
    let last = stem.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last
    return last.map { String(decoding: $0, as: UTF8.self) } ?? stem
  }

  var hasTwin: Bool { access(twin, R_OK) == 0 }

  /// Files that brat keeps beside its documents.
  static func isConfiguration(_ name: String) -> Bool {
    let last = name.utf8.split(separator: UInt8(ascii: "/")).last ?? Substring(name).utf8
    return ["annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf"].contains {
      last.elementsEqual($0.utf8)
    }
  }
}

extension BratFiles {
  /// Whether a file is of brat: by its name, or by a first line that is a text-bound annotation.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    if let files = BratFiles(sample.name) {
      if !files.isText { return .brat }
      return files.hasTwin && isBrat(files.twin) ? .brat : nil
    }
    return isTextBound(sample.firstLine) ? .brat : nil
  }

  /// Whether a file is empty or begins like one of brat's annotations.
  private static func isBrat(_ path: String) -> Bool {
    guard let source = try? ByteSource(.file(path), chunkSize: 1 << 12),
      let (bytes, isWhole) = try? source.sample(1 << 12)
    else { return false }
    let first = FormatSample(bytes: bytes, isWhole: isWhole, name: "").firstLine
    guard let letter = first.first else { return true }
    return "TREAMN#*".utf8.contains(letter) && first.contains(UInt8(ascii: "\t"))
  }

  /// `T1`, tab, a label, two numbers or more, and a tab.
  private static func isTextBound(_ line: ArraySlice<UInt8>) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard fields.count > 2, fields[0].first == UInt8(ascii: "T"), fields[0].count > 1,
      fields[0].dropFirst().allSatisfy(digits.contains)
    else { return false }
    let parts = fields[1].split(separator: UInt8(ascii: " "))
    return parts.count > 2
      && parts.dropFirst().allSatisfy { part in
        part.allSatisfy { digits.contains($0) || $0 == UInt8(ascii: ";") }
      }
  }
}
