import PTuning
import Synchronization

/// The windows of one request on their way through the encoder.
final class EngineJob: Sendable {
  let adapter: LoadedAdapter
  let windows: Windows
  /// When its time is over; nil: never.
  let deadline: ContinuousClock.Instant?
  let begun = ContinuousClock.now
  private let state: Mutex<State>

  /// Windows that are laid out, or will be when their turn comes.
  enum Windows: Sendable {
    case layouts([Layout])
    case plan(LayoutPlan)

    var count: Int {
      switch self {
      case .layouts(let layouts): layouts.count
      case .plan(let plan): plan.count
      }
    }

    subscript(index: Int) -> Layout {
      switch self {
      case .layouts(let layouts): layouts[index]
      case .plan(let plan): plan[index]
      }
    }
  }

  private enum State: Sendable {
    case working(
      logits: [[Float]], missing: Int, waiting: CheckedContinuation<[[Float]], any Error>?)
    case done(Result<[[Float]], any Error>)
  }

  init(adapter: LoadedAdapter, windows: Windows, deadline: ContinuousClock.Instant?) {
    self.adapter = adapter
    self.windows = windows
    self.deadline = deadline
    state = Mutex(
      .working(
        logits: Array(repeating: [], count: windows.count), missing: windows.count, waiting: nil))
  }

  var isDone: Bool {
    state.withLock { state in
      if case .done = state { true } else { false }
    }
  }

  /// Takes what the head says of a window.
  func take(_ logits: [Float], window: Int) {
    let ended = state.withLock { state -> Ended? in
      guard case .working(var all, let missing, let waiting) = state else { return nil }
      // Taken out, so that it is not copied.
      state = .done(.failure(EngineError.closing))
      all[window] = logits
      guard missing == 1 else {
        state = .working(logits: all, missing: missing - 1, waiting: waiting)
        return nil
      }
      state = .done(.success(all))
      return waiting.map { Ended(waiting: $0, result: .success(all)) }
    }
    ended?.resume()
  }

  /// Ends it; what comes later is dropped.
  func fail(_ error: any Error) {
    let ended = state.withLock { state -> Ended? in
      guard case .working(_, _, let waiting) = state else { return nil }
      state = .done(.failure(error))
      return waiting.map { Ended(waiting: $0, result: .failure(error)) }
    }
    ended?.resume()
  }

  /// Who waits, and for what. Resumed outside the lock: a task's cancellation calls `fail` while it holds a lock of its own, which
  /// resuming that task takes as well.
  private struct Ended: Sendable {
    let waiting: CheckedContinuation<[[Float]], any Error>
    let result: Result<[[Float]], any Error>

    func resume() { waiting.resume(with: result) }
  }

  /// The logits of all windows, in order.
  func logits() async throws -> [[Float]] {
    try await withCheckedThrowingContinuation { continuation in
      let ended = state.withLock { state -> Ended? in
        switch state {
        case .done(let result): return Ended(waiting: continuation, result: result)
        case .working(let logits, let missing, _):
          state = .working(logits: logits, missing: missing, waiting: continuation)
          return nil
        }
      }
      ended?.resume()
    }
  }
}
