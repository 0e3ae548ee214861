import Dispatch
import Encoders
import Foundation
import PTuning
import Synchronization
import Tasks

/// The queue and the threads that empty it: each takes the next windows, of whatever adapters, through the encoder.
final class EngineCore: Sendable {
  private let encoder: FrozenEncoder
  private let limits: Engine.Limits
  private let observer: (any EngineObserver)?
  private let threadCount: Int
  private let state = Mutex(State())

  private struct State: Sendable {
    var queue = EngineQueue()
    /// Threads that wait for something to do.
    var idle: [DispatchSemaphore] = []
    var isClosing = false
    /// Threads that have not ended.
    var running = 0
    /// Who waits for that.
    var closed: [CheckedContinuation<Void, Never>] = []
    /// Of all threads together, lately; 0: not yet known.
    var rowsPerSecond = 0.0
  }

  init(
    encoder: FrozenEncoder, threads: Int, limits: Engine.Limits, observer: (any EngineObserver)?
  ) {
    self.encoder = encoder
    self.limits = limits
    self.observer = observer
    threadCount = max(1, threads)
  }

  func start() {
    state.withLock { $0.running = threadCount }
    for _ in 0..<threadCount {
      Thread.detachNewThread { self.work() }
    }
  }

  /// About how many rows wait.
  var waitingRows: Int { state.withLock { $0.queue.rows } }

  var isOpen: Bool { state.withLock { !$0.isClosing } }

  /// Queues a job's windows.
  ///
  /// - Parameter rows: of each window, about.
  func submit(
    _ job: EngineJob, rows: Int, _ admission: Engine.Admission
  ) throws(EngineError) {
    let total = rows * job.windows.count
    let (idle, error) = state.withLock { state -> ([DispatchSemaphore], EngineError?) in
      if let error = refusal(of: admission == .always ? 0 : total, state) {
        return ([], error)
      }
      state.queue.add(job, rows: rows)
      let count = min(state.idle.count, job.windows.count)
      let woken = Array(state.idle.suffix(count))
      state.idle.removeLast(count)
      return (woken, nil)
    }
    if let error { throw error }
    for thread in idle { thread.signal() }
  }

  /// - Throws: what `submit` would for a row.
  func checkRoom() throws(EngineError) {
    if let error = state.withLock({ refusal(of: 1, $0) }) { throw error }
  }

  /// - Parameter rows: 0 for what has been admitted.
  private func refusal(of rows: Int, _ state: State) -> EngineError? {
    if state.isClosing { return .closing }
    // What is larger than the queue has it to itself.
    let waiting = state.queue.rows
    guard rows > 0, waiting > 0 else { return nil }
    let rate = state.rowsPerSecond > 0 ? state.rowsPerSecond : 1000
    let isSlow = state.rowsPerSecond > 0 && Double(waiting) / rate > limits.queueSeconds
    guard isSlow || waiting + rows > limits.queueRows else { return nil }
    return .busy(retryAfter: .seconds(Double(waiting) / rate))
  }

  /// Takes out a job on which someone has given up.
  func withdraw(_ job: EngineJob) {
    job.fail(CancellationError())
    state.withLock { $0.queue.remove(job) }
  }

  /// Takes nothing more; returns when what was taken is done.
  func close() async {
    let idle = state.withLock { state in
      state.isClosing = true
      defer { state.idle = [] }
      return state.idle
    }
    for thread in idle { thread.signal() }
    await withCheckedContinuation { continuation in
      let isClosed = state.withLock { state in
        if state.running > 0 { state.closed.append(continuation) }
        return state.running == 0
      }
      if isClosed { continuation.resume() }
    }
  }

  // What each thread does.

  private enum Step {
    case items([EngineQueue.Item])
    case wait
    case end
  }

  private func work() {
    var pass = EncoderPass()
    let wake = DispatchSemaphore(value: 0)
    while true {
      let (step, expired) = next(wake)
      for job in expired { job.fail(EngineError.expired) }
      switch step {
      case .items(let items): encode(items, in: &pass)
      case .wait: wake.wait()
      case .end:
        let closed = state.withLock { state -> [CheckedContinuation<Void, Never>] in
          state.running -= 1
          return state.running == 0 ? state.closed : []
        }
        for continuation in closed { continuation.resume() }
        return
      }
    }
  }

  private func next(_ wake: DispatchSemaphore) -> (Step, expired: [EngineJob]) {
    state.withLock { state in
      let expired = state.queue.expired(at: .now)
      // The threads share what waits, in parts that are worth while.
      let share = state.queue.rows / threadCount
      let items = state.queue.next(rows: min(max(share, limits.fewestRows), limits.passRows))
      if !items.isEmpty { return (.items(items), expired) }
      if state.isClosing { return (.end, expired) }
      state.idle.append(wake)
      return (.wait, expired)
    }
  }

  /// Windows of one adapter stand together, so that its head reads them at once.
  private func encode(_ items: [EngineQueue.Item], in pass: inout EncoderPass) {
    let begun = ContinuousClock.now
    var places: [ObjectIdentifier: Int] = [:]
    var adapters: [LoadedAdapter] = []
    var owners: [Int] = []
    for item in items {
      if item.window == 0 { observer?.waited(begun - item.job.begun) }
      let adapter = item.job.adapter
      let place = places[ObjectIdentifier(adapter)] ?? adapters.count
      if place == adapters.count {
        places[ObjectIdentifier(adapter)] = place
        adapters.append(adapter)
      }
      owners.append(place)
    }
    let order = items.indices.sorted { (owners[$0], $0) < (owners[$1], $1) }
    let windows = order.map { items[$0].job.windows[items[$0].window] }
    let logits = pass.logits(
      of: windows[...], owners: order.map { owners[$0] }[...], models: adapters.map(\.model),
      encoder: encoder)
    for (place, logits) in zip(order, logits) {
      items[place].job.take(logits, window: items[place].window)
    }
    let time = ContinuousClock.now - begun
    let rows = windows.reduce(0) { $0 + $1.rows.count }
    learn(rows: rows, time: time)
    observer?.encoded(time, rows: rows, windows: windows.count, adapters: adapters.count)
  }

  /// How fast rows go, for those who are sent away.
  private func learn(rows: Int, time: Duration) {
    let seconds = time / .seconds(1)
    guard seconds > 0 else { return }
    let rate = Double(rows) / seconds * Double(threadCount)
    state.withLock { state in
      state.rowsPerSecond = state.rowsPerSecond > 0 ? 0.9 * state.rowsPerSecond + 0.1 * rate : rate
    }
  }
}
