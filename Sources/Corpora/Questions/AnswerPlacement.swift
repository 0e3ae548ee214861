/// Finds where answers stand in a passage, by one rule for all formats.
struct AnswerPlacement {
  /// How far from the place given an answer is looked for, in scalars.
  static let reach = 20
  /// How many different answers without a place are looked for in a passage at a time: each costs
  /// a walk through it.
  static let searchLimit = 100

  private let context: [Unicode.Scalar]

  init(_ context: String) { self.context = Array(context.unicodeScalars) }

  /// Where the answer stands: where the file says, or near by.
  ///
  /// - Parameters:
  ///   - start: as the file has it; nil or negative where it says nothing.
  ///   - end: as the file has it, if it does; the text of the answer overrules it.
  func range(
    of answer: String, start: Int?, end: Int? = nil, _ report: inout CorpusReport
  ) -> Range<Int>? {
    guard let start, start >= 0 else {
      report.setAside("answer without a place in its paragraph")
      return nil
    }
    let scalars = Array(answer.unicodeScalars)
    if stands(scalars, at: start) {
      let range = start..<start + scalars.count
      if let end, end != range.upperBound {
        report.repair("end of an answer that is not where its text ends")
      }
      return range
    }
    if start <= context.count + Self.reach, !scalars.isEmpty {
      for distance in 1...Self.reach {
        for place in [start - distance, start + distance] where stands(scalars, at: place) {
          report.repair("answer found at most \(Self.reach) characters from its place")
          return place..<place + scalars.count
        }
      }
    }
    report.setAside("answer that does not stand at its place in the paragraph")
    return nil
  }

  /// Where an answer stands of which the file has the text alone: where it stands once.
  func onlyRange(of answer: String, _ report: inout CorpusReport) -> Range<Int>? {
    let scalars = Array(answer.unicodeScalars)
    let places = Self.places(of: scalars, in: context, atMost: 2)
    guard let place = places.first else {
      report.setAside("answer without a place that does not stand in the passage")
      return nil
    }
    guard places.count == 1 else {
      report.setAside("answer without a place that stands in the passage more than once")
      return nil
    }
    report.repair("answer without a place found where it stands in the passage")
    return place..<place + scalars.count
  }

  private func stands(_ answer: [Unicode.Scalar], at place: Int) -> Bool {
    place >= 0 && place <= context.count && answer.count <= context.count - place
      && context[place..<place + answer.count].elementsEqual(answer)
  }

  /// The first places of a pattern, which may overlap, in time linear in text and pattern (Knuth,
  /// Morris and Pratt).
  private static func places(
    of pattern: [Unicode.Scalar], in text: [Unicode.Scalar], atMost limit: Int
  ) -> [Int] {
    guard !pattern.isEmpty, pattern.count <= text.count else { return [] }
    var fallback = [Int](repeating: 0, count: pattern.count)
    var length = 0
    for index in pattern.indices.dropFirst() {
      while length > 0, pattern[index] != pattern[length] { length = fallback[length - 1] }
      if pattern[index] == pattern[length] { length += 1 }
      fallback[index] = length
    }
    var places: [Int] = []
    var matched = 0
    for (index, scalar) in text.enumerated() {
      while matched > 0, scalar != pattern[matched] { matched = fallback[matched - 1] }
      if scalar == pattern[matched] { matched += 1 }
      guard matched == pattern.count else { continue }
      places.append(index + 1 - matched)
      if places.count == limit { break }
      matched = fallback[matched - 1]
    }
    return places
  }
}

extension String {
  /// Whether it has nothing but `White_Space` of Unicode.
  var isBlank: Bool { unicodeScalars.allSatisfy(\.isWhiteSpace) }
}
