import Foundation
import GRDB
import Testing

@testable import Retrieval

@Suite struct ConcurrencyTests {
  @Test func searchesWhileAnotherConnectionWrites() throws {
    let folder = try DocumentFolder()
    for number in 0..<10 { try folder.write("\(number).txt", "Number \(number) has sugar.") }
    try folder.update()
    for number in 10..<20 { try folder.write("\(number).txt", "Number \(number) has sugar.") }
    let reader = try PassageIndex(at: folder.index)
    let writer = try PassageIndex(at: folder.index)
    var seen: [Int] = []
    var opened: [Int] = []
    _ = try writer.update(
      folder: folder.documents,
      shouldStop: {
        // In the middle of the update, and in the transaction of a document where it is long.
        if let found = try? reader.search("sugar", limit: 100) { seen.append(found.count) }
        if let other = try? PassageIndex(at: folder.index, patience: 0.05),
          let found = try? other.search("sugar", limit: 100)
        {
          opened.append(found.count)
        }
        return false
      })
    #expect(seen == seen.sorted() && Set(seen) == Set(10...20) && opened == seen)
    #expect(try reader.search("sugar", limit: 100).count == 20)
  }

  @Test func searchesWithinALongTransaction() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "A text with sugar.")
    try folder.update()
    try folder.write("b.txt", (0..<30_000).map { "Line \($0) of sugar." }.joined(separator: "\n"))
    let writer = try PassageIndex(at: folder.index)
    var counts: Set<Int> = []
    var asked = 0
    let summary = try writer.update(
      folder: folder.documents,
      shouldStop: {
        asked += 1
        if let other = try? PassageIndex(at: folder.index, patience: 0.05),
          let found = try? other.search("sugar", limit: 100)
        {
          counts.insert(found.count)
        } else {
          counts.insert(-1)
        }
        return false
      })
    #expect(asked > 3 && counts == [1])
    #expect(summary.added == 1)
  }

  @Test func oneUpdateAtATime() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    let first = try PassageIndex(at: folder.index)
    let second = try PassageIndex(at: folder.index)
    var error: RetrievalError?
    _ = try first.update(
      folder: folder.documents,
      shouldStop: {
        error = #expect(throws: RetrievalError.self) {
          try second.update(folder: folder.documents)
        }
        return false
      })
    #expect(error?.kind == .inUse)
    #expect(
      error?.description
        == "\(folder.index.path): expected an index that no other run updates, found one that does")
    #expect(try second.update(folder: folder.documents).unchanged == 1)
  }

  @Test func anUpdateWaitsForAnother() async throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    let first = try PassageIndex(at: folder.index)
    let second = try PassageIndex(at: folder.index)
    let documents = folder.documents
    var later: Task<UpdateSummary, any Error>?
    let summary = try first.update(
      folder: documents,
      shouldStop: {
        if later == nil {
          later = Task.detached { try second.update(folder: documents, patience: .seconds(60)) }
          usleep(50_000)
        }
        return false
      })
    #expect(summary.added == 1)
    #expect(try await later?.value.unchanged == 1)
  }

  @Test func saysThatAForeignWriterIsAtWork() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    let index = try PassageIndex(at: folder.index, patience: 0.05)
    let queue = try DatabaseQueue(path: folder.index.path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let error = #expect(throws: RetrievalError.self) {
        try index.update(folder: folder.documents)
      }
      #expect(error?.kind == .inUse)
      try database.execute(sql: "COMMIT")
    }
    #expect(try index.update(folder: folder.documents).added == 1)
  }

  @Test func manyTasksSearchAtOnce() async throws {
    let folder = try DocumentFolder()
    for number in 0..<50 { try folder.write("\(number).txt", "Number \(number) has sugar.") }
    try folder.update()
    let index = try PassageIndex(at: folder.index)
    try await withThrowingTaskGroup(of: String?.self) { group in
      for number in 0..<50 {
        group.addTask { try index.search("number \(number)", limit: 3).first?.document }
      }
      var found: Set<String?> = []
      for try await document in group { found.insert(document) }
      #expect(found.count == 50)
    }
  }
}
