import GRDB

/// What is wrong with an index of passages or a folder of documents, and where.
public struct RetrievalError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// There is no such file or folder.
    case missing
    /// It is there and is not what it must be: of another program, of a later version, or damaged.
    case malformed
    /// Another run is updating the index.
    case inUse
    /// It could not be read or written.
    case inputOutput
  }

  public let kind: Kind
  public let path: String
  public let expected: String
  public let found: String

  public init(_ kind: Kind, path: String, expected: String, found: String) {
    self.kind = kind
    self.path = path
    self.expected = expected
    self.found = found
  }

  public var description: String { "\(path): expected \(expected), found \(found)" }
}

extension RetrievalError {
  /// What went wrong in the database of an index.
  init(_ error: any Error, index path: String) {
    guard let error = error as? DatabaseError else {
      self.init(
        .inputOutput, path: path, expected: "an index that can be used", found: "\(error)")
      return
    }
    let message = error.message ?? "error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB:
      self.init(
        .malformed, path: path, expected: "an index of passages", found: "a file of another kind")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .inUse, path: path, expected: "an index that no other run writes to",
        found: "one that does")
    case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_FORMAT:
      self.init(.damaged(path, found: "damage (\(message))"))
    default:
      self.init(
        .inputOutput, path: path, expected: "an index that can be read and written",
        found: message)
    }
  }

  private init(_ other: RetrievalError) { self = other }

  /// An index that contradicts itself.
  static func damaged(_ path: String, found: String) -> RetrievalError {
    RetrievalError(
      .malformed, path: path,
      expected: "a sound index (where it is removed, the next update makes a new one)",
      found: found)
  }
}
