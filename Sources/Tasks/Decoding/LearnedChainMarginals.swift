import Kernels

/// The marginals of spans in a linear-chain CRF over the legal BIO sequences.
///
/// With the sums α and β of ``ChainLattice``, transitions A, emissions e and the logarithm log Z of
/// the sum over all sequences, a span of label x over words s..<e is in
///
///     log p = α[s, B-x] + Σ (A + e[t, I-x]) for s < t < e + log R − log Z
///     R = Σ exp(A[last, j] + e[e, j] + β[e, j]) over the tags j other than I-x
///
/// where last is the tag of word e − 1; after the last word of the sentence, R is exp(end[last]).
struct LearnedChainMarginals: SpanMarginals {
  private let chain: LinearChain
  private let lattice: ChainLattice

  init(_ logits: Logits, chain: LinearChain) {
    var lattice = ChainLattice()
    logits.load(into: &lattice)
    if logits.wordCount > 0 { lattice.sum(chain, isContinued: false) }
    self.chain = chain
    self.lattice = lattice
  }

  var wordCount: Int { lattice.wordCount }

  func logProbability(ofLabel label: Int, words: Range<Int>) -> Double {
    let tagCount = lattice.tagCount
    let inside = TagSet.inside(label)
    var tag = TagSet.begin(label)
    // α[s] less the greatest of its row; the lattice's steps lead from word to word, and its total
    // stands for log Z at the word where the sum ends.
    var log = lattice.forward[words.lowerBound * tagCount + tag]
    for word in words.dropFirst() {
      log += chain.transitions[tag * tagCount + inside]
      log += lattice.emissions[word * tagCount + inside] - lattice.steps[word]
      tag = inside
    }
    let next = words.upperBound
    guard next < wordCount else { return log + chain.end[tag] - lattice.finalTotal }
    let row = next * tagCount
    return log - lattice.steps[next] - lattice.totals[next]
      + ChainLattice.logSum(count: tagCount) { to in
        guard to != inside else { return -.infinity }
        return chain.transitions[tag * tagCount + to]
          + lattice.emissions[row + to] + lattice.backward[row + to]
      }
  }
}
