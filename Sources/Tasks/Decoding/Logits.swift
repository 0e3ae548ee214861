import Kernels

/// One sentence's tag logits as decoders read them: row-major, words × tags.
struct Logits {
  /// Beyond this a score is as good as infinite. At this size a Double still resolves 1e-7, so that
  /// sums with it stay exact enough, and differences of sums stay finite.
  private static let limit = 1e9

  private let values: [Float]
  private let temperature: Double
  let tagCount: Int
  let wordCount: Int

  /// - Parameter temperature: what each logit is divided by, greater than 0.
  init(_ values: [Float], tagCount: Int, temperature: Double = 1) {
    precondition(
      values.count.isMultiple(of: tagCount), "\(values.count) logits in rows of \(tagCount)")
    self.values = values
    self.temperature = temperature
    self.tagCount = tagCount
    self.wordCount = values.count / tagCount
  }

  @inline(__always)
  subscript(word: Int, tag: Int) -> Double {
    Self.score(values[word * tagCount + tag], temperature: temperature)
  }

  /// A logit or a transition divided by the temperature, finite whatever it was: infinities are
  /// cut, and what is not a number is the least.
  @inline(__always)
  static func score(_ value: Float, temperature: Double) -> Double {
    guard !value.isNaN else { return -limit }
    let wide = Double(value) / temperature
    return wide > limit ? limit : wide < -limit ? -limit : wide
  }

  /// Sets the emissions of a lattice.
  func load(into lattice: inout ChainLattice) {
    lattice.load(wordCount: wordCount, tagCount: tagCount) {
      Self.score(values[$0], temperature: temperature)
    }
  }
}
