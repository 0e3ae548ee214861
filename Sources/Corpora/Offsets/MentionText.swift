/// Compares the text that an annotation repeats with the text at its offsets.
enum MentionText {
  /// How far from its offsets a mention is looked for, in scalars.
  static let window = 64
  /// Longer mentions are not looked for.
  static let searchLimit = 2000

  /// Whether the fragments, one after another, hold the mention, white space left aside.
  static func holds(
    _ fragments: [Range<Int>], of text: [Unicode.Scalar], _ mention: [Unicode.Scalar],
    ignoringCase: Bool = false
  ) -> Bool {
    // Ranges of white space alone must not be walked over and over.
    let limit = mention.count * 4 + 1024
    var length = 0
    for fragment in fragments {
      length += fragment.count
      if length > limit { return false }
    }
    var next = 0
    for fragment in fragments {
      for scalar in text[fragment] where !scalar.isWhiteSpace {
        while next < mention.count, mention[next].isWhiteSpace { next += 1 }
        guard next < mention.count,
          mention[next] == scalar
            || ignoringCase && lowercased(mention[next]) == lowercased(scalar)
        else { return false }
        next += 1
      }
    }
    return mention[next...].allSatisfy(\.isWhiteSpace)
  }

  private static func lowercased(_ scalar: Unicode.Scalar) -> UInt32 {
    (0x41...0x5A).contains(scalar.value) ? scalar.value + 0x20 : scalar.value
  }

  /// The place nearest to `start` that holds the mention; white space of any kind for any other.
  static func find(
    _ mention: [Unicode.Scalar], near start: Int, in text: [Unicode.Scalar]
  ) -> Range<Int>? {
    let trimmed = SpanAlignment.trim(mention.indices, in: mention)
    guard !trimmed.isEmpty, trimmed.count <= searchLimit, trimmed.count <= text.count
    else { return nil }
    let center = min(max(start, 0), text.count)
    for distance in 0...window {
      for place in distance == 0 ? [center] : [center - distance, center + distance] {
        guard place >= 0, place + trimmed.count <= text.count else { continue }
        let isHere = zip(trimmed, place...).allSatisfy { index, position in
          mention[index] == text[position]
            || mention[index].isWhiteSpace && text[position].isWhiteSpace
        }
        if isHere { return place..<place + trimmed.count }
      }
    }
    return nil
  }

  /// The fragments in order of position, none overlapping another.
  static func ordered(
    _ fragments: [Range<Int>], _ report: inout CorpusReport
  ) -> [Range<Int>] {
    guard fragments.count > 1 else { return fragments }
    let isOrdered = zip(fragments, fragments.dropFirst())
      .allSatisfy { $0.upperBound <= $1.lowerBound }
    guard !isOrdered else { return fragments }
    var result: [Range<Int>] = []
    var overlaps = false
    let sorted = fragments.enumerated().sorted { left, right in
      (left.element.lowerBound, left.element.upperBound, left.offset)
        < (right.element.lowerBound, right.element.upperBound, right.offset)
    }
    for (_, fragment) in sorted {
      if let last = result.last, fragment.lowerBound < last.upperBound {
        overlaps = true
        result[result.count - 1] =
          last.lowerBound..<max(last.upperBound, fragment.upperBound)
      } else {
        result.append(fragment)
      }
    }
    report.repair(
      overlaps ? "overlapping fragments joined" : "fragments put in order of position")
    return result
  }
}
