import Foundation
import Testing

@testable import Retrieval

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct HostileDocumentTests {
  @Test func skipsWhatIsNotUTF8() throws {
    let folder = try DocumentFolder()
    try folder.write("good.txt", "Sugar.")
    try folder.write("latin1.txt", bytes: Array("Sugar caf".utf8) + [0xE9, 0x20])
    try folder.write("nul.txt", bytes: Array("Sugar\0".utf8))
    try folder.write("utf16.txt", bytes: [0xFF, 0xFE, 0x53, 0x00])
    try folder.write("surrogate", bytes: [0xEF, 0xBB, 0xBF, 0x41, 0xED, 0xA0, 0x80])
    try folder.write("cut.md", bytes: Array("Sugar".utf8) + [0xF0, 0x9F, 0x8D])
    for round in 0..<2 {
      let (summary, events) = try folder.update()
      #expect(summary.skipped == 5 && summary.documents == 1)
      #expect(round == 0 ? summary.added == 1 : summary.unchanged == 1)
      #expect(
        DocumentFolder.skipped(events) == [
          "latin1.txt": "not UTF-8: byte 0xE9 at byte offset 9",
          "nul.txt": "a NUL byte at byte offset 5",
          "utf16.txt": "not UTF-8: byte 0xFF at byte offset 0",
          "surrogate": "not UTF-8: byte 0xED at byte offset 4",
          "cut.md": "not UTF-8: byte 0xF0 at byte offset 5",
        ])
      #expect(try folder.find("sugar") == ["good.txt"])
    }
    // One that was text, and one that becomes text.
    try folder.write("good.txt", bytes: [0xFF])
    try folder.write("nul.txt", "Sugar again.")
    let (summary, _) = try folder.update()
    #expect(summary.removed == 1 && summary.added == 1 && summary.skipped == 5)
    #expect(try folder.find("sugar") == ["nul.txt"])
    try folder.remove("latin1.txt")
    let (last, events) = try folder.update()
    #expect(last.removed == 0 && last.skipped == 4 && events.count == 5)
    #expect(try isConsistent(folder))
  }

  @Test func everyPlaceOfAFaultIsFound() {
    for offset in 0..<40 {
      for byte: UInt8 in [0, 0x80, 0xC0, 0xFF] {
        var bytes = [UInt8](repeating: 0x61, count: 40)
        bytes[offset] = byte
        #expect(TextCheck.firstFault(in: bytes) == TextCheck.Fault(byte: byte, offset: offset))
      }
    }
    let good = "aé漢🍎\u{7F}\u{1}\u{10FFFF}\u{FFFF}\u{800}\u{80}"
    #expect(TextCheck.firstFault(in: Array((good + good + good).utf8)) == nil)
  }

  @Test func emptyAndWhiteDocumentsHaveNoPassages() throws {
    let folder = try DocumentFolder()
    try folder.write("empty.txt", "")
    try folder.write("bom.txt", bytes: [0xEF, 0xBB, 0xBF])
    try folder.write("white.txt", " \t\r\n\u{3000}\u{2029}\n\n")
    try folder.write("much.txt", String(repeating: " \n", count: 200_000))
    let (summary, events) = try folder.update()
    #expect(summary.added == 4 && summary.documents == 4 && summary.passages == 0)
    #expect(summary.skipped == 0 && events.count == 5)
    #expect(try folder.update().summary.unchanged == 4)
  }

  @Test func aByteOrderMarkIsNoText() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", bytes: [0xEF, 0xBB, 0xBF] + Array("Sugar is sweet.".utf8))
    try folder.update()
    let found = try PassageIndex(at: folder.index).search("sugar", limit: 1)
    #expect(found.first?.range == 0..<15 && found.first?.text == "Sugar is sweet.")
  }

  @Test func hugeLinesAreCut() throws {
    let folder = try DocumentFolder()
    try folder.write("one-word.txt", String(repeating: "a", count: 300_000))
    try folder.write("no-stop.txt", String(repeating: "sugar and honey ", count: 40_000))
    try folder.write("marks.txt", "a" + String(repeating: "\u{301}", count: 100_000))
    try folder.write("symbols.txt", String(repeating: "=-", count: 100_000))
    let (summary, _) = try folder.update()
    #expect(summary.added == 4)
    for passage in try PassageIndex(at: folder.index).search("sugar", limit: 5000) {
      #expect(passage.range.count <= 4000)
      #expect(passage.text.unicodeScalars.count == passage.range.count)
    }
    // 120,000 words in passages of 180 at most.
    #expect(summary.passages > 660 + 100)
  }

  @Test func tooLongADocumentIsSkipped() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    let path = folder.url("a.txt").path
    guard case .unfit(let reason, _) = DocumentFile.read(path, largest: 5) else {
      Issue.record("read all the same")
      return
    }
    #expect(reason == "6 bytes, more than the 5 that are read")
    guard case .text = DocumentFile.read(path, largest: 6) else {
      Issue.record("not read")
      return
    }
    // A sparse file takes no room.
    #expect(truncate(path, PassageIndex.largestDocument + 1) == 0)
    let (summary, events) = try folder.update()
    #expect(summary.skipped == 1)
    #expect(DocumentFolder.skipped(events)["a.txt"]?.contains("more than") == true)
  }

  @Test func aFileThatCannotBeReadIsAWarning() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.write("b.txt", "Sugar.")
    try folder.update()
    // A regular file whose bytes nobody can read, not even root.
    try folder.remove("a.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder.url("a.txt").path, withDestinationPath: "/proc/self/mem")
    let (summary, events) = try folder.update()
    #expect(summary.skipped == 1 && summary.removed == 1 && summary.documents == 1)
    #expect(DocumentFolder.skipped(events) == ["a.txt": "Input/output error"])
    #expect(try folder.find("sugar") == ["b.txt"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func permissionsAreKept() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.write("sub/b.txt", "Honey.")
    try folder.write("c.txt", "Salt.")
    try folder.update()
    #expect(chmod(folder.url("a.txt").path, 0) == 0 && chmod(folder.url("sub").path, 0) == 0)
    defer { chmod(folder.url("sub").path, 0o755) }
    let (summary, events) = try folder.update()
    #expect(
      DocumentFolder.skipped(events) == ["a.txt": "Permission denied", "sub": "Permission denied"])
    // What cannot be seen may still be there.
    #expect(summary.removed == 1 && summary.documents == 2)
    #expect(try folder.find("honey") == ["sub/b.txt"] && folder.find("sugar") == [])
    #expect(chmod(folder.documents.path, 0) == 0)
    defer { chmod(folder.documents.path, 0o755) }
    let error = #expect(throws: RetrievalError.self) { try folder.update() }
    #expect(error?.kind == .inputOutput)
  }

  @Test func pipesAndNamesThatAreNotUTF8() throws {
    let folder = try DocumentFolder()
    #expect(mkfifo(folder.url("pipe").path, 0o644) == 0)
    let strange = Array(folder.documents.path.utf8) + [0x2F, 0x61, 0xFF, 0x2E, 0x74, 0x78, 0x74]
    let made = (strange + [0]).withUnsafeBytes { bytes in
      bytes.bindMemory(to: CChar.self).baseAddress.map { creat($0, 0o644) } ?? -1
    }
    #expect(made >= 0)
    close(made)
    let (summary, events) = try folder.update()
    #expect(summary.ignored == 1 && summary.documents == 0)
    #expect(DocumentFolder.skipped(events) == ["a\u{FFFD}.txt": "its name is not UTF-8"])
  }
}
