import Foundation
import GRDB
import Testing

@testable import Retrieval

@Suite struct IndexFileTests {
  private func error(opening url: URL) -> RetrievalError? {
    #expect(throws: RetrievalError.self) { try PassageIndex(at: url) }
  }

  @Test func refusesOtherFilesAndLeavesThemAlone() throws {
    let folder = try DocumentFolder()
    let text = Data(String(repeating: "This is no database. ", count: 400).utf8)
    for bytes in [
      text, Data("short".utf8), Data("SQLite format 3\0".utf8 + [UInt8](repeating: 7, count: 4096)),
    ] {
      try bytes.write(to: folder.index)
      #expect(error(opening: folder.index)?.kind == .malformed)
      #expect(try Data(contentsOf: folder.index) == bytes)
    }
    let folderError = error(opening: folder.documents)
    #expect(
      folderError?.description
        == "\(folder.documents.path): expected an index of passages, found a folder")
    #expect(error(opening: folder.place.appendingPathComponent("no/where"))?.kind == .missing)
  }

  @Test func refusesADatabaseOfAnotherProgram() throws {
    let folder = try DocumentFolder()
    do {
      let queue = try DatabaseQueue(path: folder.index.path)
      try queue.write { try $0.execute(sql: "CREATE TABLE passage (text)") }
      try queue.close()
    }
    let before = try Data(contentsOf: folder.index)
    let error = error(opening: folder.index)
    #expect(error?.kind == .malformed)
    #expect(error?.found == "an SQLite database of another program")
    #expect(try Data(contentsOf: folder.index) == before)
    #expect(!FileManager.default.fileExists(atPath: folder.index.path + "-wal"))
  }

  private func setVersion(_ version: Int, _ url: URL) throws {
    let queue = try DatabaseQueue(path: url.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(version)") }
    try queue.close()
  }

  @Test func refusesALaterVersion() throws {
    let folder = try DocumentFolder()
    try folder.update()
    try setVersion(99, folder.index)
    let error = error(opening: folder.index)
    #expect(error?.kind == .malformed && error?.found == "version 99")
  }

  @Test func makesAnEarlierVersionAnew() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.update()
    try setVersion(0, folder.index)
    #expect(try folder.find("sugar") == [])
    #expect(try folder.update().summary.added == 1)
    #expect(try folder.find("sugar") == ["a.txt"])
    #expect(try isConsistent(folder))
  }

  @Test func takesAnEmptyFile() throws {
    let folder = try DocumentFolder()
    try Data().write(to: folder.index)
    try folder.write("a.txt", "Sugar.")
    #expect(try folder.find("sugar") == [])
    #expect(try folder.update().summary.added == 1)
  }

  /// Bytes of a sound index are overwritten at random: it opens or not, it finds something or not,
  /// but nothing worse than a `RetrievalError` comes of it.
  @Test func damageIsAnError() throws {
    let folder = try DocumentFolder()
    for number in 0..<60 {
      try folder.write("\(number).txt", String(repeating: "Sugar and \(number). ", count: 200))
    }
    try folder.update()
    let sound = try Data(contentsOf: folder.index)
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let damaged = folder.place.appendingPathComponent("damaged")
    var errors = 0
    for _ in 0..<40 {
      var bytes = sound
      for _ in 0..<8 {
        let start = Int(random.next() % UInt64(bytes.count - 600))
        for place in start..<start + 600 { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
      }
      try bytes.write(to: damaged)
      do {
        let index = try PassageIndex(at: damaged, patience: 0.05)
        for number in 0..<5 { _ = try index.search("sugar and \(number * 7)", limit: 20) }
        _ = try index.update(folder: folder.documents)
      } catch {
        #expect(error.kind == .malformed || error.kind == .inputOutput, "seed \(seed): \(error)")
        errors += 1
      }
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: damaged.path + ending)
      }
    }
    #expect(errors > 20, "seed \(seed)")
  }

  @Test func aTruncatedIndexIsAnError() throws {
    let folder = try DocumentFolder()
    for number in 0..<60 {
      try folder.write("\(number).txt", String(repeating: "Sugar and \(number). ", count: 200))
    }
    try folder.update()
    let sound = try Data(contentsOf: folder.index)
    try sound.prefix(sound.count / 2).write(to: folder.index)
    let error = #expect(throws: RetrievalError.self) {
      _ = try PassageIndex(at: folder.index).search("sugar", limit: 100)
    }
    #expect(error?.kind == .malformed)
    #expect(error?.expected.hasPrefix("a sound index") == true)
  }

  @Test func missingTablesAreAnError() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.update()
    do {
      let queue = try DatabaseQueue(path: folder.index.path)
      try queue.write { try $0.execute(sql: "DROP TABLE passage") }
      try queue.close()
    }
    let index = try PassageIndex(at: folder.index)
    let search = #expect(throws: RetrievalError.self) { try index.search("sugar", limit: 1) }
    #expect(search?.kind == .malformed)
    let update = #expect(throws: RetrievalError.self) { try index.update(folder: folder.documents) }
    #expect(update?.kind == .malformed)
  }
}

/// A generator with a seed (Steele, Lea and Flood).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
