import Dispatch
import Synchronization
import Testing

@testable import Kernels

@Suite struct CrewTests {
  @Test(arguments: [1, 2, 3, 8])
  func partsThatRunTogetherCanWaitForOneAnother(count: Int) {
    let crew = Crew(size: count)
    var states = (0..<count).map { [$0] }
    let barrier = Crew.Barrier(count: count)
    let total = Atomic<Int>(0)
    crew.forEach(&states) { _, state in
      for round in 1...50 {
        total.wrappingAdd(1, ordering: .relaxed)
        barrier.wait()
        state.append(total.load(ordering: .relaxed) - round * count)
        barrier.wait()
      }
    }
    // Between two barriers everybody sees what everybody did.
    #expect(states.map(\.count) == Array(repeating: 51, count: count))
    #expect(states.allSatisfy { $0.dropFirst().allSatisfy { $0 == 0 } })
  }

  @Test(arguments: [1, 2, 4])
  func oneCrewServesManyCallsOfAnySize(size: Int) {
    let crew = Crew(size: size)
    for call in 0..<200 {
      let count = call % (size + 1)
      var states = (0..<count).map { [$0] }
      crew.forEach(&states) { index, state in state.append(index + call) }
      #expect(states == (0..<count).map { [$0, $0 + call] })
    }
  }

  /// Copies of a tagger share a crew.
  @Test func callersTakeTurns() {
    let crew = Crew(size: 3)
    let right = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for _ in 0..<20 {
        let barrier = Crew.Barrier(count: 3)
        var states = [caller, caller, caller]
        crew.forEach(&states) { index, state in
          barrier.wait()
          state += index
        }
        if states == [caller, caller + 1, caller + 2] {
          right.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
    #expect(right.load(ordering: .relaxed) == 160)
  }
}
