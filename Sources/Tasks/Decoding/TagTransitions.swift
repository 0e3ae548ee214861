package import Kernels

/// The learned scores of a linear-chain CRF's tags: of the first, of each after each, and of the
/// last (Lafferty, McCallum and Pereira 2001; Lample et al. 2016).
///
/// Those of illegal transitions are not read.
public struct TagTransitions: Hashable, Sendable {
  /// Row-major, from × to, in the order of ``TagSet/tags``.
  public let values: [Float]
  public let start: [Float]
  public let end: [Float]

  public var tagCount: Int { start.count }

  /// - Parameters:
  ///   - values: row-major, from × to: the square of the number of tags.
  ///   - start: for each tag.
  ///   - end: for each tag.
  public init(values: [Float], start: [Float], end: [Float]) {
    precondition(end.count == start.count && values.count == start.count * start.count)
    self.values = values
    self.start = start
    self.end = end
  }

  /// What training left.
  package init(_ crf: LinearChainCRF) {
    self.init(
      values: crf.transitions.value.values, start: crf.start.value.values,
      end: crf.end.value.values)
  }

  /// The chain of a tag set that these scores make, divided by a temperature.
  func chain(over tagSet: TagSet, temperature: Double) -> LinearChain {
    LinearChain(transitions: values, start: start, end: end, legal: tagSet.legalTransitions) {
      Logits.score($0, temperature: temperature)
    }
  }
}

extension TagSet {
  /// What BIO allows, for a ``LinearChainCRF``.
  package var legalTransitions: LegalTransitions {
    LegalTransitions(
      start: tags.indices.map(isLegalStart),
      transitions: tags.indices.flatMap { from in
        tags.indices.map { isLegal(from: from, to: $0) }
      })
  }
}
