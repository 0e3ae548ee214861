/// One sentence's tag logits as decoders read them: row-major, words × tags.
struct Logits {
  /// Beyond this a logit is as good as infinite. At this size a Double still resolves 1e-7, so that
  /// sums with it stay exact enough, and differences of sums stay finite.
  private static let limit = 1e9

  private let values: [Float]
  let tagCount: Int
  let wordCount: Int

  init(_ values: [Float], tagCount: Int) {
    precondition(
      values.count.isMultiple(of: tagCount), "\(values.count) logits in rows of \(tagCount)")
    self.values = values
    self.tagCount = tagCount
    self.wordCount = values.count / tagCount
  }

  /// A logit, finite whatever the head gave: infinities are cut, and what is not a number is the least.
  @inline(__always)
  subscript(word: Int, tag: Int) -> Double {
    let value = values[word * tagCount + tag]
    guard !value.isNaN else { return -Self.limit }
    let wide = Double(value)
    return wide > Self.limit ? Self.limit : wide < -Self.limit ? -Self.limit : wide
  }
}
