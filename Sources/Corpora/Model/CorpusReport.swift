/// What reading a corpus came to: how much there is, and what was not taken as it stood.
public struct CorpusReport: Hashable, Sendable {
  public var sentences = 0
  public var words = 0
  /// All that is annotated, also what a tagger cannot be trained on.
  public var spans = 0
  /// How often something irregular was read in a sensible way, by reason.
  public var repaired: [String: Int] = [:]
  /// How many spans (or what else a file holds) are not in the documents, by reason.
  public var setAside: [String: Int] = [:]
  /// How many annotations are not among the flat spans that a tagger trains on, by reason.
  public var notFlat: [String: Int] = [:]

  public init() {}

  mutating func repair(_ reason: String, count: Int = 1) {
    repaired[reason, default: 0] += count
  }

  mutating func setAside(_ reason: String, count: Int = 1) {
    setAside[reason, default: 0] += count
  }

  mutating func leaveOutOfFlat(_ reason: String, count: Int = 1) {
    notFlat[reason, default: 0] += count
  }

  /// Adds what another report counts.
  mutating func add(_ other: CorpusReport) {
    sentences += other.sentences
    words += other.words
    spans += other.spans
    repaired.merge(other.repaired, uniquingKeysWith: +)
    setAside.merge(other.setAside, uniquingKeysWith: +)
    notFlat.merge(other.notFlat, uniquingKeysWith: +)
  }

  /// One line for each reason, for people: repairs first, each in order of its reason.
  public var notes: [String] { notes(ofFlat: true) }

  /// - Parameter ofFlat: whether what is left out of the flat spans is told as well.
  public func notes(ofFlat: Bool) -> [String] {
    let bytewise: ((key: String, value: Int), (key: String, value: Int)) -> Bool = {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    return repaired.sorted(by: bytewise).map { "repaired: \($0.key) (\($0.value))" }
      + setAside.sorted(by: bytewise).map { "set aside: \($0.key) (\($0.value))" }
      + (ofFlat ? notFlat : [:]).sorted(by: bytewise)
      .map { "not among the flat spans: \($0.key) (\($0.value))" }
  }
}
