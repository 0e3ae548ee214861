/// What an update of an index tells while it runs. Paths are those of documents in their folder.
public enum UpdateEvent: Hashable, Sendable {
  /// The folder has been looked through: how many documents it has, and how many of these have to
  /// be read.
  case surveyed(documents: Int, toRead: Int)
  /// A new document is in the index.
  case added(path: String, passages: Int)
  /// A document that was in the index has been read again.
  case changed(path: String, passages: Int)
  /// A document that is no longer in the folder has been taken out of the index.
  case removed(path: String)
  /// A warning: a document, or a folder in the folder, is not in the index, and why.
  case skipped(path: String, reason: String)
}

/// What an update of an index did.
public struct UpdateSummary: Hashable, Sendable {
  /// Documents that were not in the index.
  public var added = 0
  /// Documents whose text is another than before.
  public var changed = 0
  /// Documents that are no longer there.
  public var removed = 0
  /// Documents that are as they were.
  public var unchanged = 0
  /// Files and folders that could not be read or are not text; there was an event for each.
  public var skipped = 0
  /// Files of other kinds, which nobody looked into.
  public var ignored = 0
  /// Documents in the index now.
  public var documents = 0
  /// Passages in the index now.
  public var passages = 0
  /// False where the update was told to stop; the next one goes on.
  public var isComplete = true

  public init() {}
}
