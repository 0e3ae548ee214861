/// Which tags may begin a sequence, and which may follow which. Any tag may end it.
package struct LegalTransitions: Hashable, Sendable {
  package let start: [Bool]
  /// Row-major, from × to.
  package let transitions: [Bool]

  package init(start: [Bool], transitions: [Bool]) {
    precondition(transitions.count == start.count * start.count)
    self.start = start
    self.transitions = transitions
  }

  package var tagCount: Int { start.count }

  /// Everything is legal.
  package static func all(tagCount: Int) -> LegalTransitions {
    LegalTransitions(
      start: Array(repeating: true, count: tagCount),
      transitions: Array(repeating: true, count: tagCount * tagCount))
  }
}

/// The scores of a linear chain, in log space: of its first tag, of each tag after each, and of its
/// last tag; −∞ for what is illegal.
package struct LinearChain: Hashable, Sendable {
  /// Row-major, from × to.
  package let transitions: [Double]
  /// The same, to × from: what leads to a tag stands side by side.
  package let predecessors: [Double]
  package let start: [Double]
  package let end: [Double]

  package var tagCount: Int { start.count }

  /// - Parameters:
  ///   - transitions: row-major, from × to.
  ///   - value: what a number stands for; the identity by default.
  package init(
    transitions: some Collection<Float>, start: some Collection<Float>,
    end: some Collection<Float>, legal: LegalTransitions,
    value: (Float) -> Double = { Double($0) }
  ) {
    let count = legal.tagCount
    precondition(transitions.count == count * count && start.count == count && end.count == count)
    self.start = zip(start, legal.start).map { $1 ? value($0) : -.infinity }
    self.end = end.map(value)
    let forward = zip(transitions, legal.transitions).map { $1 ? value($0) : -.infinity }
    self.transitions = forward
    predecessors = (0..<count * count).map { forward[$0 % count * count + $0 / count] }
  }

  /// The scores out of one tag.
  package func row(from tag: Int) -> ArraySlice<Double> {
    transitions[tag * tagCount..<(tag + 1) * tagCount]
  }
}
