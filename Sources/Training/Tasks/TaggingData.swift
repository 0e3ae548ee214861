package import Corpora
import Encoders
package import PTuning
package import Tasks

/// A corpus made ready: training examples, dev windows and their gold spans.
package struct TaggingData: Sendable {
  package let tagSet: TagSet
  package let examples: [TokenExample]
  package let dev: Dev?
  /// Some training sentences with entities, tagged where there is no dev corpus to see whether
  /// anything is found at all.
  let sample: Dev
  package let trainingSentences: Int
  package let trainingWords: Int
  /// Changes with any word or span of either corpus, in hexadecimal.
  package let fingerprint: String

  /// What selects the best epoch.
  package struct Dev: Sendable {
    package let windows: [[Layout]]
    package let gold: [[EntitySpan]]
    package let words: Int
  }

  /// - Parameters:
  ///   - training: annotated sentences; their labels are the tagger's.
  ///   - dev: sentences that select the best epoch; none where empty.
  /// - Throws: `TrainingError`, `LayoutError`, `TagSetError`.
  package init(
    training: [Sentence], dev: [Sentence], layouts: SentenceLayouts, name: String = "--corpus"
  ) throws {
    let training = training.filter { !$0.words.isEmpty }
    guard !training.isEmpty else { throw TrainingError.noSentences(corpus: name) }
    tagSet = TagSet(labels: training.flatMap { $0.spans.map(\.label) })
    guard !tagSet.labels.isEmpty else { throw TrainingError.noEntities(corpus: name) }
    let tagSet = tagSet
    examples = try training.flatMap { try layouts.examples(of: $0, tagSet: tagSet) }
    trainingSentences = training.count
    trainingWords = training.reduce(0) { $0 + $1.words.count }
    let dev = dev.filter { !$0.words.isEmpty }
    self.dev =
      dev.isEmpty
      ? nil
      : Dev(
        windows: try dev.map { try layouts.windows(of: $0.words.map(\.text)) },
        gold: dev.map(\.spans),
        words: dev.reduce(0) { $0 + $1.words.count })
    let annotated = training.filter { !$0.spans.isEmpty }
    let sample = stride(
      from: 0, to: annotated.count, by: max(1, annotated.count / Self.sampleSize)
    ).prefix(Self.sampleSize).map { annotated[$0] }
    self.sample = try Dev(
      windows: sample.map { try layouts.windows(of: $0.words.map(\.text)) },
      gold: sample.map(\.spans), words: sample.reduce(0) { $0 + $1.words.count })
    fingerprint = Self.fingerprint(training, dev)
  }

  private static let sampleSize = 50

  private static func fingerprint(_ corpora: [Sentence]...) -> String {
    var digest = SHA256()
    for corpus in corpora {
      for sentence in corpus {
        var line = ""
        for word in sentence.words { line += word.text + "\t" }
        for span in sentence.spans {
          line += "\(span.words.lowerBound)-\(span.words.upperBound) \(span.label)\t"
        }
        Array((line + "\n").utf8).withUnsafeBytes { digest.update($0) }
      }
      [UInt8(0)].withUnsafeBytes { digest.update($0) }
    }
    return digest.finalize()
  }
}
