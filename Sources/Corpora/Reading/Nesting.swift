/// Which spans a flat tagger keeps where a corpus has nested or overlapping ones.
public enum Nesting: String, CaseIterable, Hashable, Sendable {
  /// The span that is in no other; of two that cross, the first.
  case outermost
  /// The span that has no other in it; of two that cross, the shorter.
  case innermost
  /// Spans of the first layer (set, column) alone; among them the outermost.
  case firstLayer = "first-layer"
}

/// A span among which flat ones are chosen: a stretch of any unit (scalars, words).
struct SpanCandidate {
  var range: Range<Int>
  /// 0 for the first layer of the document.
  var layer = 0

  /// Which of them to keep, in order of position, and how many are left out for which reason.
  ///
  /// Candidates of no width are left out. Of candidates at one place the first is kept.
  static func choose(
    among candidates: [SpanCandidate], _ nesting: Nesting
  ) -> (kept: [Int], leftOut: [String: Int]) {
    var leftOut: [String: Int] = [:]
    var order: [Int] = []
    for index in candidates.indices {
      if candidates[index].range.isEmpty {
        leftOut["without a word", default: 0] += 1
      } else if nesting == .firstLayer, candidates[index].layer > 0 {
        leftOut["of another layer", default: 0] += 1
      } else {
        order.append(index)
      }
    }
    order.sort { left, right in
      let (a, b) = (candidates[left].range, candidates[right].range)
      if nesting == .innermost, a.count != b.count { return a.count < b.count }
      if a.lowerBound != b.lowerBound { return a.lowerBound < b.lowerBound }
      if a.count != b.count { return a.count > b.count }
      return (candidates[left].layer, left) < (candidates[right].layer, right)
    }
    var kept: [Int] = []
    for index in order {
      let range = candidates[index].range
      // `kept` stays in order of position, and no two in it overlap.
      var place = kept.count
      if nesting == .innermost {
        var low = 0
        while low < place {
          let middle = (low + place) / 2
          if candidates[kept[middle]].range.lowerBound < range.lowerBound {
            low = middle + 1
          } else {
            place = middle
          }
        }
      }
      let neighbours = [place - 1, place].filter(kept.indices.contains)
        .map { candidates[kept[$0]].range }
      guard let other = neighbours.first(where: { $0.overlaps(range) }) else {
        kept.insert(index, at: place)
        continue
      }
      let reason =
        if other.lowerBound <= range.lowerBound, range.upperBound <= other.upperBound {
          "nested in another span"
        } else if range.lowerBound <= other.lowerBound, other.upperBound <= range.upperBound {
          "with another span inside"
        } else {
          "overlapping another span"
        }
      leftOut[reason, default: 0] += 1
    }
    return (kept, leftOut)
  }
}
