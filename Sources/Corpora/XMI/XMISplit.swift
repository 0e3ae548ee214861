/// A document in parts whose texts, and lists of what is in them, each fit into an attribute.
struct XMISplit {
  private(set) var parts: [Document] = []

  private let document: Document
  private let scalars: [Unicode.Scalar]

  /// - Throws: `CorpusError` if there is no place to split that crosses no annotation.
  init(document: Document, limit: Int, file: String) throws(CorpusError) {
    self.document = document
    scalars = Array(document.text.unicodeScalars)
    let costs = Costs(document, scalars)
    guard costs.text.last ?? 0 > limit || costs.members.last ?? 0 > limit else {
      parts = [document]
      return
    }
    let breaks = places() + [scalars.count]
    var cuts = [0]
    var best: Int?
    var index = 0
    while index < breaks.count {
      let place = breaks[index]
      let start = cuts[cuts.count - 1]
      if costs.text[place] - costs.text[start] <= limit,
        costs.members[place] - costs.members[start] <= limit
      {
        best = place
        index += 1
        continue
      }
      guard let cut = best, cut > start else {
        throw CorpusError(
          file: file,
          expected: "sentences of at most \(limit) bytes with no annotation across their ends "
            + "(a CAS holds its text in one attribute, capped at 10 MB)",
          found: "a text that cannot be split")
      }
      cuts.append(cut)
      best = nil
    }
    cuts.append(scalars.count)
    parts = zip(cuts, cuts.dropFirst()).enumerated().map { number, ends in
      part(ends.0..<ends.1, number + 1, isLast: ends.1 == scalars.count)
    }
  }

  /// What has been spent before each place of the text.
  private struct Costs {
    var text: [Int] = [0]
    /// For each element a number and its space.
    var members: [Int]

    init(_ document: Document, _ scalars: [Unicode.Scalar]) {
      text.reserveCapacity(scalars.count + 1)
      var sum = 0
      for scalar in scalars {
        let cost =
          switch scalar {
          case "&", "\n", "\r": 5
          case "<", ">", "\t": 4
          case "\"": 6
          default: UTF8.width(scalar)
          }
        sum += cost
        text.append(sum)
      }
      members = [Int](repeating: 0, count: scalars.count + 1)
      let count =
        document.sentences.reduce(0) { $0 + $1.words.count + 1 } + document.sections.count
        + document.annotations.reduce(10) { $0 + $1.fragments.count + 1 }
      let greatest = document.annotations.compactMap(XMIFile.number).max() ?? 0
      let cost = String(greatest + count).utf8.count + 1
      for sentence in document.sentences {
        for word in sentence.words { members[word.range.upperBound] += cost }
        if let last = sentence.words.last { members[last.range.upperBound] += cost }
      }
      for annotation in document.annotations {
        members[annotation.range.upperBound] += cost * (annotation.fragments.count + 1)
      }
      for section in document.sections { members[section.range.upperBound] += cost }
      for index in members.indices.dropFirst() { members[index] += members[index - 1] }
    }
  }

  /// Where sentences begin, or else lines, with no annotation across; ascending.
  private func places() -> [Int] {
    var crossed = [Int](repeating: 0, count: scalars.count + 2)
    for annotation in document.annotations {
      let range = annotation.range
      guard range.count > 1 else { continue }
      crossed[range.lowerBound + 1] += 1
      crossed[range.upperBound] -= 1
    }
    for index in crossed.indices.dropFirst() { crossed[index] += crossed[index - 1] }
    var starts = document.sentences.compactMap { $0.words.first?.range.lowerBound }
    if starts.isEmpty {
      starts = scalars.indices.filter { $0 > 0 && scalars[$0 - 1] == "\n" }
    }
    return starts.filter { $0 > 0 && $0 < scalars.count && crossed[$0] == 0 }
  }

  private func part(_ range: Range<Int>, _ number: Int, isLast: Bool) -> Document {
    func holds(_ other: Range<Int>) -> Bool {
      // What has no width at a cut is of the part that begins there.
      range.lowerBound <= other.lowerBound && other.upperBound <= range.upperBound
        && (other.lowerBound < range.upperBound || isLast)
    }
    var part = Document(
      id: document.id.map { "\($0)-\(number)" }, text: String(scalars: scalars[range]),
      sentences: [], attributes: document.attributes)
    let shift = -range.lowerBound
    for sentence in document.sentences {
      guard let first = sentence.words.first, range.contains(first.range.lowerBound) || isLast,
        first.range.lowerBound >= range.lowerBound
      else { continue }
      var copy = sentence
      for index in copy.words.indices {
        copy.words[index].range = copy.words[index].range.shifted(by: shift)
      }
      part.sentences.append(copy)
    }
    for annotation in document.annotations where holds(annotation.range) {
      var copy = annotation
      copy.fragments = annotation.fragments.map { $0.shifted(by: shift) }
      part.annotations.append(copy)
    }
    for section in document.sections where section.range.overlaps(range) || holds(section.range) {
      var copy = section
      copy.range = section.range.clamped(to: range).shifted(by: shift)
      part.sections.append(copy)
    }
    return part
  }
}
