import Foundation
import GRDB
import Retrieval

/// Whether an index is sound: the file, the full-text table against the passages, and the rows.
func isConsistent(_ folder: DocumentFolder) throws -> Bool { try isConsistent(folder.index) }

func isConsistent(_ index: URL) throws -> Bool {
  let queue = try DatabaseQueue(path: index.path)
  return try queue.write { database in
    let check = try String.fetchAll(database, sql: "PRAGMA integrity_check")
    // Throws where inverted index and text are not of one mind.
    try database.execute(
      sql: "INSERT INTO passage_index (passage_index, rank) VALUES ('integrity-check', 1)")
    let orphans = try Int.fetchOne(
      database,
      sql: "SELECT count(*) FROM passage WHERE document NOT IN (SELECT id FROM document)")
    return check == ["ok"] && orphans == 0
  }
}
