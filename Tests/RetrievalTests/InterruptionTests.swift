import Foundation
import GRDB
import Testing

@testable import Retrieval

@Suite struct InterruptionTests {
  @Test func stopsBetweenDocumentsAndGoesOn() throws {
    let folder = try DocumentFolder()
    for number in 0..<20 { try folder.write("\(number).txt", "Number \(number) has sugar.") }
    var asked = 0
    let (first, _) = try folder.update(shouldStop: {
      asked += 1
      return asked > 8
    })
    #expect(!first.isComplete)
    #expect(first.documents > 0 && first.documents < 20)
    #expect(try folder.find("sugar", limit: 100).count == first.documents)
    #expect(try isConsistent(folder))
    let (second, _) = try folder.update()
    #expect(second.isComplete && second.documents == 20)
    #expect(second.added == 20 - first.documents && second.unchanged == first.documents)
  }

  @Test func stopsWithinADocument() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "An old text with sugar.")
    try folder.update()
    let long = (0..<40_000).map { "Sentence \($0) says honey." }.joined(separator: " ")
    try folder.write("a.txt", long)
    var asked = 0
    let (stopped, events) = try folder.update(shouldStop: {
      asked += 1
      return asked > 3
    })
    // Neither half of the new one nor none at all.
    #expect(!stopped.isComplete && stopped.changed == 0 && events.count == 1)
    #expect(try folder.find("sugar") == ["a.txt"] && folder.find("honey") == [])
    #expect(try isConsistent(folder))
    #expect(try folder.update().summary.changed == 1)
    #expect(try folder.find("sugar") == [])
    #expect(try isConsistent(folder))
  }

  @Test func stopsBeforeAnything() throws {
    let folder = try DocumentFolder()
    try folder.write("sub/a.txt", "Sugar.")
    let (summary, _) = try folder.update(shouldStop: { true })
    #expect(!summary.isComplete && summary.documents == 0)
  }

  /// What a crash leaves: the files as they are in the middle of a transaction.
  @Test func aCrashLeavesTheLastWholeDocument() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "A text with sugar.")
    try folder.update()
    let crashed = folder.place.appendingPathComponent("crashed")
    let queue = try DatabaseQueue(path: folder.index.path)
    try queue.writeWithoutTransaction { database in
      // So little cache that the log has pages of what was not committed.
      try database.execute(sql: "PRAGMA cache_size = 1; BEGIN IMMEDIATE")
      try database.execute(
        sql: "INSERT INTO document VALUES (99, 'b.txt', 'b.txt', 1, 1, 1, 1, 1, NULL)")
      for number in 0..<500 {
        let text = String(repeating: "honey \(number) ", count: 100)
        try database.execute(
          sql: "INSERT INTO passage VALUES (?, 99, 0, 5, ?)", arguments: [1000 + number, text])
        try database.execute(
          sql: "INSERT INTO passage_index (rowid, title, text) VALUES (?, 'b.txt', ?)",
          arguments: [1000 + number, text])
      }
      for ending in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: folder.index.path + ending, toPath: crashed.path + ending)
      }
      try database.execute(sql: "ROLLBACK")
    }
    let log = try FileManager.default.attributesOfItem(atPath: crashed.path + "-wal")
    #expect(try #require(log[.size] as? Int) > 100_000)
    let index = try PassageIndex(at: crashed)
    #expect(try index.search("sugar honey", limit: 9).map(\.document) == ["a.txt"])
    #expect(try isConsistent(crashed))
    #expect(try index.update(folder: folder.documents).unchanged == 1)
  }

  @Test func aLockThatACrashLeftIsNoObstacle() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try Data().write(to: URL(fileURLWithPath: folder.index.path + ".lock"))
    #expect(try folder.update().summary.added == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.index.path + ".lock"))
  }
}
