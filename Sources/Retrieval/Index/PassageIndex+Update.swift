public import Foundation

extension PassageIndex {
  /// Makes the index say what a folder holds.
  ///
  /// Documents are the regular files in the folder and the folders in it whose names end in `.txt`,
  /// `.text`, `.md`, `.markdown` or `.rst` or have no ending. What begins with a dot is left out,
  /// and links to folders are not followed. Documents that are as they were (size, times and inode,
  /// else their bytes) are not indexed again; those that are gone are taken out. Each is one
  /// transaction.
  ///
  /// A document that cannot be read, is longer than `largestDocument`, is not UTF-8 or has a NUL
  /// byte is skipped with an event, and what the index had of it is taken out. Documents in a
  /// folder that cannot be read stay as they were.
  ///
  /// Memory is bounded by about twice the largest document.
  ///
  /// - Parameters:
  ///   - folder: the folder; the index knows documents by their paths in it, so it may be moved.
  ///   - patience: how long another update of the index is waited for; it may take as long as the documents are many.
  ///   - shouldStop: asked often; true ends the update early, with whole documents in the index.
  ///   - report: hears of every event.
  /// - Returns: what was done; `isComplete` is false after `shouldStop`.
  /// - Throws: `RetrievalError`: `missing` without the folder, `inUse` where another update is
  ///   running, `malformed` for a damaged index, `inputOutput`.
  public func update(
    folder: URL, patience: Duration = .zero, shouldStop: () -> Bool = { false },
    report: (UpdateEvent) -> Void = { _ in }
  ) throws(RetrievalError) -> UpdateSummary {
    let lock = try UpdateLock(index: url.path, patience: patience, shouldStop: shouldStop)
    defer { withExtendedLifetime(lock) {} }
    let store = DocumentStore(database: database, path: url.path)
    var update = IndexUpdate(store: store, folder: folder.absoluteURL.path)
    try update.run(shouldStop: shouldStop, report: report)
    return update.summary
  }

  /// The longest document that is indexed, in bytes: 256 MiB.
  public static let largestDocument = 256 << 20
}
