/// One update of an index.
struct IndexUpdate {
  let store: DocumentStore
  /// The folder's path.
  let folder: String
  private(set) var summary = UpdateSummary()

  init(store: DocumentStore, folder: String) {
    self.store = store
    self.folder = folder
  }

  mutating func run(
    shouldStop: () -> Bool, report: (UpdateEvent) -> Void
  ) throws(RetrievalError) {
    var walk = FolderWalk(folder: folder, except: FileIdentity.ofIndex(store.path))
    let isWhole = try walk.run(shouldStop: shouldStop)
    summary.ignored = walk.ignored
    for (path, reason) in walk.problems { skip(path, reason, report) }
    if isWhole {
      try work(walk, shouldStop: shouldStop, report: report)
    } else {
      summary.isComplete = false
    }
    let totals = try store.finish(hasChanged: summary.hasChanged)
    summary.documents = totals.documents
    summary.passages = totals.passages
  }

  private mutating func work(
    _ walk: FolderWalk, shouldStop: () -> Bool, report: (UpdateEvent) -> Void
  ) throws(RetrievalError) {
    var known = try store.known()
    var toRead = 0
    var present: [(file: WalkedFile, known: KnownDocument?)] = []
    for file in walk.files {
      let before = known.removeValue(forKey: Array(file.path.utf8))
      if before?.stamp != file.stamp { toRead += 1 }
      present.append((file, before))
    }
    report(.surveyed(documents: walk.files.count, toRead: toRead))

    let vanished = known.values.filter { !walk.isHidden($0.path) }
    for document in vanished.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      if shouldStop() { return stop() }
      try store.remove(document)
      remove(document, report)
    }
    for (file, before) in present {
      if shouldStop() { return stop() }
      guard try index(file, before, shouldStop, report) else { return stop() }
    }
  }

  private mutating func stop() { summary.isComplete = false }

  /// - Returns: whether it came to the end.
  private mutating func index(
    _ file: WalkedFile, _ before: KnownDocument?, _ shouldStop: () -> Bool,
    _ report: (UpdateEvent) -> Void
  ) throws(RetrievalError) -> Bool {
    if let before, before.stamp == file.stamp {
      keep(before, report)
      return true
    }
    let reading = DocumentFile.read(folder + "/" + file.path)
    switch reading {
    case .unreadable(let reason):
      if let before {
        try store.remove(before)
        remove(before, report)
      }
      skip(file.path, reason, report)
    case .unfit(let reason, let stamp):
      try store.replace(before, path: file.path, problem: reason, stamp: stamp)
      if let before { remove(before, report) }
      skip(file.path, reason, report)
    case .text(let text):
      if let before, before.problem == nil, before.stamp.size == text.stamp.size,
        before.digest == text.digest
      {
        try store.restamp(before, text.stamp)
        summary.unchanged += 1
        return true
      }
      guard
        let count = try store.replace(before, path: file.path, text: text, shouldStop: shouldStop)
      else { return false }
      if let before, before.problem == nil {
        summary.changed += 1
        report(.changed(path: file.path, passages: count))
      } else {
        summary.added += 1
        report(.added(path: file.path, passages: count))
      }
    }
    return true
  }

  private mutating func keep(_ document: KnownDocument, _ report: (UpdateEvent) -> Void) {
    if let problem = document.problem {
      skip(document.path, problem, report)
    } else {
      summary.unchanged += 1
    }
  }

  private mutating func remove(_ document: KnownDocument, _ report: (UpdateEvent) -> Void) {
    // One that was skipped never was in the index.
    guard document.problem == nil else { return }
    summary.removed += 1
    report(.removed(path: document.path))
  }

  private mutating func skip(_ path: String, _ reason: String, _ report: (UpdateEvent) -> Void) {
    summary.skipped += 1
    report(.skipped(path: path, reason: reason))
  }
}

extension UpdateSummary {
  fileprivate var hasChanged: Bool { added + changed + removed > 0 }
}
