import Dispatch
import Foundation
import Synchronization

/// Threads that stand ready for work that has to run at the same time, since its parts wait for one another;
/// `Parallel` is for parts that do not. They sleep while there is nothing to do, and end with the crew.
package final class Crew: Sendable {
  private let members: [Member]
  /// One call at a time.
  private let turn = Mutex(())

  /// - Parameter size: how many parts can run at the same time, one of them on the caller's thread.
  package init(size: Int) {
    members = (0..<max(0, size - 1)).map { _ in Member() }
  }

  deinit {
    for member in members { member.dismiss() }
  }

  /// Runs `body` once for every element, all at the same time, and returns when all are done.
  ///
  /// - Parameter states: at most as many as the crew's size; a body may change its own alone.
  package func forEach<State: Sendable>(
    _ states: inout [State], _ body: @escaping @Sendable (Int, inout State) -> Void
  ) {
    precondition(states.count <= members.count + 1, "more parts than threads")
    guard states.count > 1 else {
      if !states.isEmpty { body(0, &states[0]) }
      return
    }
    let slots = states.map { Parallel.Slot($0) }
    // Otherwise each body would change a copy: its buffers would be shared with `states`.
    states.removeAll(keepingCapacity: true)
    turn.withLock { _ in
      // Parts that wait for one another end at about the same time.
      let end = Barrier(count: slots.count)
      for (member, index) in zip(members, slots.indices.dropFirst()) {
        member.take {
          slots[index].state.withLock { body(index, &$0) }
          end.wait()
        }
      }
      slots[0].state.withLock { body(0, &$0) }
      end.wait()
    }
    for slot in slots { states.append(slot.state.withLock { $0 }) }
  }

  /// One thread, started when it is first needed.
  private final class Member: Sendable {
    private enum Work: Sendable {
      case none
      case job(@Sendable () -> Void)
      case dismissal
    }

    private let work = Mutex(Work.none)
    private let called = DispatchSemaphore(value: 0)
    private let isStarted = Mutex(false)

    func take(_ job: @escaping @Sendable () -> Void) {
      isStarted.withLock { isStarted in
        if !isStarted { Thread.detachNewThread { self.serve() } }
        isStarted = true
      }
      call(.job(job))
    }

    func dismiss() { call(.dismissal) }

    private func call(_ next: Work) {
      work.withLock { $0 = next }
      called.signal()
    }

    /// Returns when there is something to do. To be woken takes longer than a layer: for a while it looks itself.
    private func wait() {
      for _ in 0..<Self.looks where called.wait(timeout: .now()) == .success { return }
      called.wait()
    }

    /// Some 50 microseconds.
    private static let looks = 1000

    private func serve() {
      while true {
        wait()
        let next = work.withLock { work in
          defer { work = .none }
          return work
        }
        switch next {
        case .none: continue
        case .job(let job): job()
        case .dismissal: return
        }
      }
    }
  }
}

extension Crew {
  /// Where those that run at the same time wait until all have come.
  package final class Barrier: Sendable {
    private let count: Int
    private let arrived = Atomic<Int>(0)
    private let round = Atomic<Int>(0)

    package init(count: Int) { self.count = count }

    /// Returns when `count` threads have called it; waits in a loop, since it is never long.
    package func wait() {
      guard count > 1 else { return }
      let mine = round.load(ordering: .acquiring)
      if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
        arrived.store(0, ordering: .relaxed)
        round.store(mine &+ 1, ordering: .releasing)
        return
      }
      var turns = 0
      while round.load(ordering: .acquiring) == mine {
        turns += 1
        // Where there are fewer processors than threads, another has to run.
        if turns > 2000 { sched_yield() }
      }
    }
  }
}
