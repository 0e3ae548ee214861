import GRDB

/// What an index knows of a document.
struct KnownDocument: Sendable {
  let id: Int64
  let path: String
  let stamp: FileStamp
  let digest: Int64
  /// Why it has no passages, where it could not be indexed.
  let problem: String?
}

/// The documents of an index, as an update sees them: every change is one transaction.
struct DocumentStore {
  let database: DatabasePool
  /// The index's path, for messages.
  let path: String

  /// How many passages go into the index before `shouldStop` is asked again.
  private static let stride = 128

  private struct Stopped: Error {}

  /// All documents by the bytes of their paths: composed and decomposed letters are two names.
  func known() throws(RetrievalError) -> [[UInt8]: KnownDocument] {
    try attempt {
      try database.read { database in
        var known: [[UInt8]: KnownDocument] = [:]
        let rows = try Row.fetchCursor(
          database,
          sql: "SELECT id, path, size, modified, changed, inode, digest, problem FROM document")
        while let row = try rows.next() {
          let document = try document(of: row)
          known[Array(document.path.utf8)] = document
        }
        return known
      }
    }
  }

  func remove(_ document: KnownDocument) throws(RetrievalError) {
    try attempt {
      try database.write { try Self.remove(document, in: $0) }
    }
  }

  /// Puts a document in, in place of what was known of it.
  ///
  /// - Returns: the number of its passages; nil if it was stopped, and then nothing has changed.
  func replace(
    _ before: KnownDocument?, path: String, text: DocumentText, shouldStop: () -> Bool
  ) throws(RetrievalError) -> Int? {
    try attempt {
      do {
        return try database.write { database in
          if let before { try Self.remove(before, in: database) }
          let title = Self.title(path)
          let document = try Self.insert(
            path, title, text.stamp, digest: text.digest, problem: nil, in: database)
          return try Self.insert(
            passagesOf: text, document, title, shouldStop: shouldStop, in: database)
        }
      } catch is Stopped {
        return nil
      }
    }
  }

  /// Notes that a file holds no text, in place of what was known of it.
  func replace(
    _ before: KnownDocument?, path: String, problem: String, stamp: FileStamp
  ) throws(RetrievalError) {
    try attempt {
      try database.write { database in
        if let before { try Self.remove(before, in: database) }
        _ = try Self.insert(
          path, Self.title(path), stamp, digest: 0, problem: problem, in: database)
      }
    }
  }

  /// Notes that a file was touched, and its text is the same.
  func restamp(_ document: KnownDocument, _ stamp: FileStamp) throws(RetrievalError) {
    try attempt {
      try database.write { database in
        try database.execute(
          sql: "UPDATE document SET size = ?, modified = ?, changed = ?, inode = ? WHERE id = ?",
          arguments: [stamp.size, stamp.modified, stamp.changed, stamp.inode, document.id])
      }
    }
  }

  /// Tidies up at the end of an update, and counts.
  func finish(hasChanged: Bool) throws(RetrievalError) -> (documents: Int, passages: Int) {
    try attempt {
      if hasChanged {
        // As long as a search is reading, the log stays; SQLite will get to it.
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      }
      return try database.read { database in
        let documents = try Int.fetchOne(
          database, sql: "SELECT count(*) FROM document WHERE problem IS NULL")
        let passages = try Int.fetchOne(database, sql: "SELECT count(*) FROM passage")
        return (documents ?? 0, passages ?? 0)
      }
    }
  }

  // MARK: Rows

  private static func title(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  private static func insert(
    _ path: String, _ title: String, _ stamp: FileStamp, digest: Int64, problem: String?,
    in database: Database
  ) throws -> Int64 {
    try database.cachedStatement(
      sql: """
        INSERT INTO document (path, title, size, modified, changed, inode, digest, problem)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      path, title, stamp.size, stamp.modified, stamp.changed, stamp.inode, digest, problem,
    ])
    return database.lastInsertedRowID
  }

  private static func insert(
    passagesOf text: DocumentText, _ document: Int64, _ title: String, shouldStop: () -> Bool,
    in database: Database
  ) throws -> Int {
    let storing = try database.cachedStatement(
      sql: "INSERT INTO passage (document, start, stop, text) VALUES (?, ?, ?, ?)")
    let indexing = try database.cachedStatement(
      sql: "INSERT INTO passage_index (rowid, title, text) VALUES (?, ?, ?)")
    var count = 0
    try text.forEachPassage { passage in
      if count % stride == stride - 1, shouldStop() { throw Stopped() }
      let words = text.text(of: passage)
      try storing.execute(arguments: [
        document, passage.scalars.lowerBound, passage.scalars.upperBound, words,
      ])
      try indexing.execute(arguments: [database.lastInsertedRowID, title, words])
      count += 1
    }
    return count
  }

  private static func remove(_ document: KnownDocument, in database: Database) throws {
    // The full-text table must be told what it had been given.
    try database.cachedStatement(
      sql: """
        INSERT INTO passage_index (passage_index, rowid, title, text)
        SELECT 'delete', passage.id, document.title, passage.text
        FROM passage JOIN document ON document.id = passage.document
        WHERE passage.document = ?
        """
    ).execute(arguments: [document.id])
    try database.cachedStatement(sql: "DELETE FROM passage WHERE document = ?")
      .execute(arguments: [document.id])
    try database.cachedStatement(sql: "DELETE FROM document WHERE id = ?")
      .execute(arguments: [document.id])
  }

  private func document(of row: Row) throws -> KnownDocument {
    guard let id = Int64.fromDatabaseValue(row[0]), let name = String.fromDatabaseValue(row[1]),
      let size = Int64.fromDatabaseValue(row[2]), let modified = Int64.fromDatabaseValue(row[3]),
      let changed = Int64.fromDatabaseValue(row[4]), let inode = Int64.fromDatabaseValue(row[5]),
      let digest = Int64.fromDatabaseValue(row[6])
    else { throw RetrievalError.damaged(path, found: "a document without a path or size") }
    return KnownDocument(
      id: id, path: name,
      stamp: FileStamp(size: size, modified: modified, changed: changed, inode: inode),
      digest: digest, problem: String.fromDatabaseValue(row[7]))
  }

  private func attempt<Result>(_ body: () throws -> Result) throws(RetrievalError) -> Result {
    do {
      return try body()
    } catch let error as RetrievalError {
      throw error
    } catch {
      throw RetrievalError(error, index: path)
    }
  }
}
