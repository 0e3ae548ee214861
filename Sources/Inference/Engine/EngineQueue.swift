/// Windows that wait for the encoder. Requests take turns, a window each, so that a long text holds up no short one.
struct EngineQueue {
  /// A window of a job.
  struct Item {
    var job: EngineJob
    var window: Int
  }

  private struct Entry {
    var job: EngineJob
    var next = 0
    /// Rows of a window, about.
    var rows: Int
  }

  private var entries: [Entry] = []
  /// Whose turn it is.
  private var turn = 0
  /// About how many rows wait.
  private(set) var rows = 0

  var isEmpty: Bool { entries.isEmpty }
  var jobCount: Int { entries.count }

  /// - Parameter rows: of each of its windows, about.
  mutating func add(_ job: EngineJob, rows: Int) {
    guard job.windows.count > 0 else { return }
    // Behind all others: just before whose turn it is.
    entries.insert(Entry(job: job, rows: rows), at: turn)
    turn = (turn + 1) % entries.count
    self.rows += rows * job.windows.count
  }

  /// The next windows, until they have so many rows; at least one if any waits. Jobs that are done already, as someone
  /// has given up on them, are left out.
  mutating func next(rows most: Int) -> [Item] {
    var items: [Item] = []
    var taken = 0
    while taken < most, !entries.isEmpty {
      if entries[turn].job.isDone {
        removeCurrent()
        continue
      }
      let entry = entries[turn]
      items.append(Item(job: entry.job, window: entry.next))
      taken += entry.rows
      rows -= entry.rows
      entries[turn].next += 1
      if entries[turn].next == entry.job.windows.count {
        removeCurrent()
      } else {
        turn = (turn + 1) % entries.count
      }
    }
    return items
  }

  /// Takes out all jobs whose time is over.
  mutating func expired(at now: ContinuousClock.Instant) -> [EngineJob] {
    take { job in job.deadline.map { $0 <= now } ?? false }
  }

  /// Takes a job out.
  mutating func remove(_ job: EngineJob) { _ = take { $0 === job } }

  private mutating func take(where suits: (EngineJob) -> Bool) -> [EngineJob] {
    var taken: [EngineJob] = []
    for index in entries.indices.reversed() where suits(entries[index].job) {
      taken.append(entries[index].job)
      remove(at: index)
    }
    return taken
  }

  private mutating func removeCurrent() { remove(at: turn) }

  private mutating func remove(at index: Int) {
    let entry = entries.remove(at: index)
    rows -= entry.rows * (entry.job.windows.count - entry.next)
    if index < turn { turn -= 1 }
    if turn >= entries.count { turn = 0 }
  }
}
