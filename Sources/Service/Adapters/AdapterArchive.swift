import Foundation
import Tasks

/// An adapter's folder as a tar archive (POSIX ustar and pax, and GNU's, as `tar -C FOLDER -c .` makes it). Its two files are taken out of it by their
/// names alone, wherever in it they are; all else is left.
struct AdapterArchive {
  /// `adapter.json` and `adapter.safetensors`.
  let files: [(name: String, contents: Data)]

  private static let block = 512

  /// - Throws: `Problem` where it is no such archive, or lacks one of them.
  init(_ bytes: [UInt8]) throws(Problem) {
    var found: [String: Data] = [:]
    var place = 0
    // Of the next entry, where its header has no room for it.
    var longPath: ArraySlice<UInt8>?
    // An empty block ends it.
    while place + Self.block <= bytes.count, bytes[place] != 0 {
      let header = bytes[place..<place + Self.block]
      guard Self.isSound(header), let size = Self.number(header, 124, 12) else {
        throw Problem(
          .adapterDoesNotFit, "expected a tar archive, found other bytes at offset \(place)")
      }
      let start = place + Self.block
      guard size <= bytes.count - start else {
        throw Problem(.adapterDoesNotFit, "expected a whole tar archive, found it cut short")
      }
      let contents = bytes[start..<start + size]
      switch header[place + 156] {
      case 0, UInt8(ascii: "0"):
        let path: ArraySlice<UInt8> = longPath ?? header.prefix(100).prefix { $0 != 0 }
        let name = String(
          decoding: path.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
        longPath = nil
        guard Self.names.contains(name) else { break }
        guard found[name] == nil else {
          throw Problem(.adapterDoesNotFit, "expected one \(name) in the archive, found several")
        }
        found[name] = Data(contents)
      case UInt8(ascii: "L"): longPath = contents.prefix { $0 != 0 }
      case UInt8(ascii: "x"): longPath = Self.path(ofRecords: contents) ?? longPath
      default: longPath = nil
      }
      place = start + (size + Self.block - 1) / Self.block * Self.block
    }
    var files: [(name: String, contents: Data)] = []
    for name in Self.names {
      guard let contents = found[name] else {
        throw Problem(.adapterDoesNotFit, "expected \(name) in the archive, found none")
      }
      files.append((name, contents))
    }
    self.files = files
  }

  /// The path of a pax header: records of `LENGTH KEY=VALUE` and a line feed, the length being the record's (POSIX, pax, "pax Extended
  /// Header").
  private static func path(ofRecords bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var (rest, path) = (bytes, ArraySlice<UInt8>?.none)
    while let space = rest.firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > space + 1 - rest.startIndex, length <= rest.count
    {
      let record = rest[(space + 1)..<(rest.startIndex + length)]
      if record.starts(with: "path=".utf8) {
        path = record.dropFirst(5).prefix { $0 != UInt8(ascii: "\n") }
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return path
  }

  private static let names = [Adapter.configurationFile, Adapter.weightsFile]

  /// The header's sum, its own field counted as blanks.
  private static func isSound(_ header: ArraySlice<UInt8>) -> Bool {
    let sum = header.enumerated().reduce(0) { sum, item in
      sum + ((148..<156).contains(item.offset) ? 0x20 : Int(item.element))
    }
    return number(header, 148, 8) == sum
  }

  /// A field in octal digits.
  private static func number(_ header: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> Int? {
    let digits = header.dropFirst(offset).prefix(count)
      .filter { $0 != 0 && $0 != UInt8(ascii: " ") }
    // No signs, which a number in Swift may have.
    guard digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "7")).contains) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self), radix: 8)
  }
}
