import GRDB

/// The tables of an index, and how one is told from other files.
///
/// The text of a passage is stored once, in `passage`: documents change on disk between an update
/// and a search, so it cannot be read from them. The full-text table is one with external content
/// (`passage_text`, a view): it holds the inverted index alone. (A contentless table could not give
/// rows up without SQLite 3.43.)
enum IndexSchema {
  /// Raised whenever tables, tokenizer or the cutting of passages change.
  static let version = 1
  /// "ENXP" in the header of the file.
  static let application = 0x454E_5850

  /// What a database file is to us.
  enum Standing: Equatable {
    /// Nothing yet.
    case empty
    case current
    /// An index of an earlier version, to be made anew.
    case outdated
  }

  /// - Throws: `RetrievalError` for a database of another program or of a later version;
  ///   `DatabaseError`.
  static func standing(_ database: Database, path: String) throws -> Standing {
    func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
    let application = try number("PRAGMA application_id")
    let version = try number("PRAGMA user_version")
    if application == 0, version == 0, try number("SELECT count(*) FROM sqlite_schema") == 0 {
      return .empty
    }
    guard application == Self.application else {
      throw RetrievalError(
        .malformed, path: path, expected: "an index of passages",
        found: "an SQLite database of another program")
    }
    guard version <= Self.version else {
      throw RetrievalError(
        .malformed, path: path, expected: "an index of version \(Self.version) or earlier",
        found: "version \(version)")
    }
    return version == Self.version ? .current : .outdated
  }

  /// Makes the tables, in place of those of an earlier version.
  static func create(in database: Database) throws {
    try database.execute(
      sql: """
        DROP TABLE IF EXISTS passage_index;
        DROP VIEW IF EXISTS passage_text;
        DROP TABLE IF EXISTS passage;
        DROP TABLE IF EXISTS document;

        -- size in bytes, times in nanoseconds since 1970; problem says why there are no passages
        CREATE TABLE document (
          id INTEGER PRIMARY KEY,
          path TEXT NOT NULL UNIQUE,
          title TEXT NOT NULL,
          size INTEGER NOT NULL,
          modified INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          inode INTEGER NOT NULL,
          digest INTEGER NOT NULL,
          problem TEXT
        ) STRICT;

        -- start and stop in Unicode scalars of the document
        CREATE TABLE passage (
          id INTEGER PRIMARY KEY,
          document INTEGER NOT NULL,
          start INTEGER NOT NULL,
          stop INTEGER NOT NULL,
          text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX passage_of_document ON passage (document);

        CREATE VIEW passage_text (id, title, text) AS
          SELECT passage.id, document.title, passage.text
          FROM passage JOIN document ON document.id = passage.document;
        CREATE VIRTUAL TABLE passage_index USING fts5 (
          title, text, content = 'passage_text', content_rowid = 'id',
          tokenize = 'porter unicode61 remove_diacritics 2'
        );

        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        """)
  }
}
