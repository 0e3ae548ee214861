/// A linear-chain conditional random field over the tags of a sequence (Lafferty, McCallum and
/// Pereira 2001), on top of a network's logits (Lample et al. 2016), trained.
///
/// A sequence of tags y of n words scores
///
///     start[y₀] + Σ logits[t, yₜ] + Σ transitions[yₜ₋₁, yₜ] + end[yₙ₋₁]
///
/// and its probability is the exponential of its score by the sum over all legal sequences. Illegal
/// ones have no part in it, in training as in decoding: what is trained is the distribution that
/// decoding and confidences read. The parameters of illegal transitions keep their value and have
/// no gradient.
package struct LinearChainCRF: Parameterized, Sendable {
  /// [tags, tags], from × to.
  package var transitions: Parameter
  /// [1, tags].
  package var start: Parameter
  /// [1, tags].
  package var end: Parameter
  package let legal: LegalTransitions

  package var tagCount: Int { legal.tagCount }

  /// All zero: every legal sequence begins with what its logits alone give it, which is the
  /// distribution that Viterbi reads without a CRF. Nothing needs to be random, since no two
  /// parameters play the same part: the loss is convex in them.
  package init(name: String = "crf", legal: LegalTransitions) {
    let count = legal.tagCount
    transitions = Parameter("\(name).transitions", Matrix(rows: count, columns: count))
    start = Parameter("\(name).start", Matrix(rows: 1, columns: count))
    end = Parameter("\(name).end", Matrix(rows: 1, columns: count))
    self.legal = legal
  }

  /// Given values: transitions [tags, tags], start and end [1, tags].
  package init(
    name: String = "crf", transitions: Matrix, start: Matrix, end: Matrix, legal: LegalTransitions
  ) {
    let count = legal.tagCount
    precondition(transitions.rows == count && transitions.columns == count)
    precondition(start.rows == 1 && start.columns == count)
    precondition(end.rows == 1 && end.columns == count)
    self.transitions = Parameter("\(name).transitions", transitions)
    self.start = Parameter("\(name).start", start)
    self.end = Parameter("\(name).end", end)
    self.legal = legal
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try visit(&transitions)
    try visit(&start)
    try visit(&end)
  }

  /// Adds the gradients of a copy that saw another part of the batch.
  package mutating func addGradients(of copy: LinearChainCRF) {
    transitions.gradient.add(copy.transitions.gradient)
    start.gradient.add(copy.start.gradient)
    end.gradient.add(copy.end.gradient)
  }

  /// A sequence, or the part of one that is seen at once (a window of a long sentence).
  package struct Piece: Hashable, Sendable {
    /// In words.
    package var length: Int
    /// The target of the word before the first; nil where the sequence begins with this piece.
    package var previous: Int?
    /// Whether the sequence goes on after this piece.
    package var isContinued: Bool

    package init(length: Int, previous: Int? = nil, isContinued: Bool = false) {
      self.length = length
      self.previous = previous
      self.isContinued = isContinued
    }
  }

  /// Buffers that are kept from batch to batch.
  package struct Workspace: Sendable {
    fileprivate var lattice = ChainLattice()
    /// Expected less observed: of pairs [from, to], first tags and last tags.
    fileprivate var pairs: [Double] = []
    fileprivate var firsts: [Double] = []
    fileprivate var lasts: [Double] = []

    package init() {}

    fileprivate mutating func clear(tagCount: Int) {
      pairs.resetToZeros(tagCount * tagCount)
      firsts.resetToZeros(tagCount)
      lasts.resetToZeros(tagCount)
    }
  }

  /// The summed loss −log p(targets) of pieces that stand end to end in `logits` [words, tags].
  ///
  /// `logits` becomes its gradient multiplied by `scale`, and the parameters' gradients, multiplied
  /// by `scale`, are added to. A piece that continues a sequence is conditioned on the target
  /// before it; one that is continued has no score for its last tag. The loss of illegal targets is
  /// infinite; logits that are not numbers give a loss that is none.
  package mutating func forwardBackward(
    _ logits: inout Matrix, pieces: [Piece], targets: [Int], scale: Float,
    workspace: inout Workspace
  ) -> Double {
    let words = pieces.reduce(0) { $0 + $1.length }
    precondition(logits.columns == tagCount && logits.rows == words && targets.count == words)
    let chain = LinearChain(
      transitions: transitions.value.values, start: start.value.values, end: end.value.values,
      legal: legal)
    workspace.clear(tagCount: tagCount)
    var loss = 0.0
    var place = 0
    for piece in pieces where piece.length > 0 {
      loss += Self.forwardBackward(
        &logits, from: place, piece: piece,
        targets: targets[place..<place + piece.length], chain: chain, scale: scale, &workspace)
      place += piece.length
    }
    transitions.gradient.add(workspace.pairs, times: scale)
    start.gradient.add(workspace.firsts, times: scale)
    end.gradient.add(workspace.lasts, times: scale)
    return loss
  }

  /// One piece, whose logits begin at row `begin`.
  private static func forwardBackward(
    _ logits: inout Matrix, from begin: Int, piece: Piece, targets: ArraySlice<Int>,
    chain: LinearChain, scale: Float, _ workspace: inout Workspace
  ) -> Double {
    let tagCount = chain.tagCount
    let offset = begin * tagCount
    logits.storage.withUnsafeBufferPointer { logits in
      workspace.lattice.load(wordCount: piece.length, tagCount: tagCount) {
        Double(logits[offset + $0])
      }
    }
    workspace.lattice.sum(chain, after: piece.previous, isContinued: piece.isContinued)
    let loss = workspace.observe(targets, piece: piece, chain: chain)

    // Expected less observed, of each tag at each word.
    workspace.lattice.addPairMarginals(chain, to: &workspace.pairs)
    for (word, target) in targets.enumerated() {
      for tag in 0..<tagCount {
        let marginal = workspace.lattice.marginal(word: word, tag: tag)
        let excess = tag == target ? marginal - 1 : marginal
        logits.storage[offset + word * tagCount + tag] = Float(excess) * scale
        if word == 0 {
          if let previous = piece.previous {
            workspace.pairs[previous * tagCount + tag] += excess
          } else {
            workspace.firsts[tag] += excess
          }
        }
        if word == piece.length - 1, !piece.isContinued { workspace.lasts[tag] += excess }
      }
    }
    return loss
  }
}

extension LinearChainCRF.Workspace {
  /// Takes the targets' pairs from the counts and returns −log p.
  ///
  /// The loss is summed from each word's difference, so that it does not get lost beside large sums.
  fileprivate mutating func observe(
    _ targets: ArraySlice<Int>, piece: LinearChainCRF.Piece, chain: LinearChain
  ) -> Double {
    let tagCount = chain.tagCount
    var loss = 0.0
    var previous = piece.previous
    for (word, target) in targets.enumerated() {
      let transition =
        previous.map { chain.transitions[$0 * tagCount + target] } ?? chain.start[target]
      loss += lattice.steps[word] - transition - lattice.emissions[word * tagCount + target]
      // The first word's pair is counted with its marginals.
      if word > 0, let previous { pairs[previous * tagCount + target] -= 1 }
      previous = target
    }
    loss += lattice.finalTotal
    if let last = targets.last, !piece.isContinued { loss -= chain.end[last] }
    return loss
  }
}

extension [Double] {
  fileprivate mutating func resetToZeros(_ count: Int) {
    if self.count == count {
      for index in indices { self[index] = 0 }
    } else {
      self = Array(repeating: 0, count: count)
    }
  }
}

extension Matrix {
  /// Adds values of the same shape, each multiplied by a factor.
  fileprivate mutating func add(_ values: [Double], times factor: Float) {
    precondition(values.count == count)
    for index in values.indices { storage[index] += Float(values[index]) * factor }
  }
}
