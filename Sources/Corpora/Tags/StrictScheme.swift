/// The schemes of `seqeval`'s strict mode, in which only spans count that are written exactly as
/// the scheme asks.
///
/// IOB1, IOB2, IOE1, IOE2, IOBES and BILOU have `seqeval`'s patterns, oddities included (in IOB1
/// a `B-` that follows no span of its label starts nothing; in IOE1 an `E-` before `O` ends
/// nothing). BMEWO is IOBES by other letters; in IO a span is a run of one label.
public enum StrictScheme: String, CaseIterable, Hashable, Sendable {
  case iob1, iob2, ioe1, ioe2, iobes, bilou, bmewo, io

  /// A scheme by any of its names, in upper or lower case.
  public init?(name: String) {
    if let scheme = TagScheme(name: name) {
      self.init(scheme)
    } else {
      self.init(rawValue: name.lowercased())
    }
  }

  /// The strict reading of a scheme.
  public init(_ scheme: TagScheme) {
    switch scheme {
    case .iob1: self = .iob1
    case .iob2: self = .iob2
    case .iobes: self = .iobes
    case .bilou: self = .bilou
    case .bmewo: self = .bmewo
    case .io: self = .io
    }
  }

  enum Role: Hashable, Sendable { case outside, begin, inside, end, single }

  /// A prefix, read in the scheme, and a label.
  struct Tag: Hashable, Sendable {
    var role: Role
    var label: [UInt8]

    static let outside = Tag(role: .outside, label: Array("_".utf8))
  }

  /// Letters and what they mean.
  private var letters: [(letter: Unicode.Scalar, role: Role)] {
    switch self {
    case .iob1, .iob2: [("B", .begin), ("I", .inside), ("O", .outside)]
    case .ioe1, .ioe2: [("I", .inside), ("E", .end), ("O", .outside)]
    case .iobes:
      [("B", .begin), ("I", .inside), ("E", .end), ("S", .single), ("O", .outside)]
    case .bilou:
      [("B", .begin), ("I", .inside), ("L", .end), ("U", .single), ("O", .outside)]
    case .bmewo:
      [("B", .begin), ("M", .inside), ("E", .end), ("W", .single), ("O", .outside)]
    case .io: [("I", .inside), ("O", .outside)]
    }
  }

  /// What a tag of the scheme looks like, for messages.
  var expectation: String {
    let list = letters.map { String($0.letter) }
    return "a tag of \(rawValue.uppercased()) (its first letter "
      + list.dropLast().joined(separator: ", ") + " or \(list.last ?? ""))"
  }

  /// The tag as `seqeval` reads it: the first letter is the prefix, and the rest, without hyphens
  /// at its ends, the label, or `_` where nothing is left; nil for other letters.
  private func parse(_ tag: String) -> Tag? {
    var rest = Substring(tag).unicodeScalars
    guard let first = rest.popFirst(),
      let role = letters.first(where: { $0.letter == first })?.role
    else { return nil }
    while rest.first == "-" { rest.removeFirst() }
    while rest.last == "-" { rest.removeLast() }
    return Tag(role: role, label: rest.isEmpty ? Tag.outside.label : Array(Substring(rest).utf8))
  }

  /// The spans of one sentence.
  ///
  /// - Throws: `ForeignTag` at the first tag that does not belong to the scheme.
  public func spans(_ tags: [String]) throws(ForeignTag) -> [EntitySpan] {
    var parsed: [Tag] = []
    parsed.reserveCapacity(tags.count)
    for (word, tag) in tags.enumerated() {
      guard let read = parse(tag) else { throw ForeignTag(word: word, tag: tag, scheme: self) }
      parsed.append(read)
    }
    return spans(parsed)
  }

  func spans(_ tags: [Tag]) -> [EntitySpan] {
    func tag(_ index: Int) -> Tag {
      tags.indices.contains(index) ? tags[index] : .outside
    }
    let patterns = patterns
    var spans: [EntitySpan] = []
    var start = 0
    while start < tags.count {
      guard patterns.starts.matches(tag(start - 1), tags[start]) else {
        start += 1
        continue
      }
      var end = start + 1
      while end < tags.count, patterns.continues.matches(tags[end - 1], tags[end]) { end += 1 }
      if patterns.ends.matches(tags[end - 1], tag(end)) {
        spans.append(
          EntitySpan(
            label: String(decoding: tags[start].label, as: UTF8.self), words: start..<end))
      }
      start = end
    }
    return spans
  }
}

/// A tag that does not belong to the scheme it is to be read in.
public struct ForeignTag: Error, Hashable, Sendable, CustomStringConvertible {
  /// Index of the word that has the tag.
  public var word: Int
  public var tag: String
  public var scheme: StrictScheme

  public var expected: String { scheme.expectation }
  public var found: String { tag.quoted }
  public var description: String { "word \(word + 1): expected \(expected), found \(found)" }
}
