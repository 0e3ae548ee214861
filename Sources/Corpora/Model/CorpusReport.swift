/// What reading a corpus came to: how much there is, and what was not taken as it stood.
public struct CorpusReport: Hashable, Sendable {
  public var sentences = 0
  public var words = 0
  public var spans = 0
  /// How often something irregular was read in a sensible way, by reason.
  public var repaired: [String: Int] = [:]
  /// How many spans were left out, by reason.
  public var setAside: [String: Int] = [:]

  public init() {}

  mutating func repair(_ reason: String, count: Int = 1) {
    repaired[reason, default: 0] += count
  }

  mutating func setAside(_ reason: String, count: Int = 1) {
    setAside[reason, default: 0] += count
  }

  /// One line for each reason, for people: repairs first, each in order of its reason.
  public var notes: [String] {
    let bytewise: ((key: String, value: Int), (key: String, value: Int)) -> Bool = {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    return repaired.sorted(by: bytewise).map { "repaired: \($0.key) (\($0.value))" }
      + setAside.sorted(by: bytewise).map { "set aside: \($0.key) (\($0.value))" }
  }
}
