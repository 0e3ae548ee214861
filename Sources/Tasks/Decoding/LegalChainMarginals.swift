import Foundation

/// The marginals of spans in a chain whose transitions are only allowed or not.
///
/// Over the legal BIO sequences y of the sentence, p(y) = ∏ₜ qₜ(yₜ) / Z, where qₜ is the softmax of
/// word t's logits and Z the sum of the products over all legal sequences. A span of label x over
/// words s..<e has the exact marginal
///
///     p = F(s) · qₛ(B-x) · ∏ qₜ(I-x) for s < t < e · G(e) / Z
///
/// with F(s) the sum over legal prefixes of s words, and G(e) the sum over legal ends from word e on
/// whose first tag is not an I. Both come from one forward and one backward pass, with logarithms in
/// Double.
///
/// Since O and B-x may follow anything, F and G and, for each label, the sum of the sequences that
/// are inside a span suffice: time is linear in words × tags.
struct LegalChainMarginals: SpanMarginals {
  private let logits: Logits
  /// The logarithm of the sum of the exponentials of each word's logits.
  private let normalizers: [Double]
  /// log F and log G, by word, 0...words.
  private let before: [Double]
  private let after: [Double]

  init(_ logits: Logits, tagSet: TagSet) {
    self.logits = logits
    var row = [Double](repeating: 0, count: tagSet.count)
    self.normalizers = (0..<logits.wordCount).map { word in
      for tag in row.indices { row[tag] = logits[word, tag] }
      return Self.logSum(row)
    }
    self.before = Self.forward(logits, normalizers, tagSet)
    self.after = Self.backward(logits, normalizers, tagSet)
  }

  var wordCount: Int { logits.wordCount }

  func logProbability(ofLabel label: Int, words: Range<Int>) -> Double {
    let start = words.lowerBound
    var log = before[start] + after[words.upperBound] - after[0]
    log += logits[start, TagSet.begin(label)] - normalizers[start]
    for word in words.dropFirst() { log += logits[word, TagSet.inside(label)] - normalizers[word] }
    return log
  }

  /// log F for 0...words.
  private static func forward(
    _ logits: Logits, _ normalizers: [Double], _ tagSet: TagSet
  ) -> [Double] {
    let labelCount = tagSet.labels.count
    var result = [0.0]
    result.reserveCapacity(logits.wordCount + 1)
    // Sums over the prefixes that end in O, and in B-x or I-x for each label.
    var ends = [Double](repeating: -.infinity, count: labelCount + 1)
    for word in 0..<logits.wordCount {
      let all = result[word] - normalizers[word]
      for label in 0..<labelCount {
        ends[label + 1] = logSum(
          all + logits[word, TagSet.begin(label)],
          ends[label + 1] + logits[word, TagSet.inside(label)] - normalizers[word])
      }
      ends[0] = all + logits[word, TagSet.outside]
      result.append(logSum(ends))
    }
    return result
  }

  /// log G for 0...words.
  private static func backward(
    _ logits: Logits, _ normalizers: [Double], _ tagSet: TagSet
  ) -> [Double] {
    let labelCount = tagSet.labels.count
    var result = [Double](repeating: 0, count: logits.wordCount + 1)
    // Sums over the ends from the next word on: after O they are result[word + 1]; after B-x or
    // I-x, also those that go on with I-x. Nothing goes on after the last word.
    var goingOn = [Double](repeating: -.infinity, count: labelCount)
    var starts = [Double](repeating: -.infinity, count: labelCount + 1)
    for word in stride(from: logits.wordCount - 1, through: 0, by: -1) {
      for label in 0..<labelCount {
        let following = logSum(result[word + 1], goingOn[label]) - normalizers[word]
        starts[label + 1] = logits[word, TagSet.begin(label)] + following
        goingOn[label] = logits[word, TagSet.inside(label)] + following
      }
      starts[0] = logits[word, TagSet.outside] + result[word + 1] - normalizers[word]
      result[word] = logSum(starts)
    }
    return result
  }

  /// log(exp a + exp b); a is finite.
  private static func logSum(_ a: Double, _ b: Double) -> Double {
    let greater = a > b ? a : b
    let less = a > b ? b : a
    return greater + log1p(exp(less - greater))
  }

  /// The logarithm of the sum of exponentials; at least one value is finite.
  private static func logSum(_ values: [Double]) -> Double {
    var greatest = -Double.infinity
    for value in values where value > greatest { greatest = value }
    var sum = 0.0
    for value in values { sum += exp(value - greatest) }
    return greatest + log(sum)
  }
}
