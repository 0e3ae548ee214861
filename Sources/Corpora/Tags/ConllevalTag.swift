/// A tag as `conlleval` (2004 version) reads it, and its rules for where chunks start and end.
///
/// It takes any text for a tag: the prefix ends at the first hyphen, a tag without one has the
/// empty label. As in Perl, where `"0"` is false, the label `0` is the empty one too.
package struct ConllevalTag: Sendable {
  private let prefix: Substring.UTF8View
  package let label: Substring

  /// `O`: what stands between sentences.
  package static let outside = ConllevalTag("O")

  package init(_ tag: String) {
    let bytes = tag.utf8
    if let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")) {
      prefix = tag[..<hyphen].utf8
      let rest = tag[bytes.index(after: hyphen)...]
      label = rest.utf8.elementsEqual(CollectionOfOne(UInt8(ascii: "0"))) ? "" : rest
    } else {
      prefix = Substring(tag).utf8
      label = ""
    }
  }

  private func has(_ letter: Unicode.Scalar) -> Bool {
    prefix.count == 1 && prefix.first == UInt8(ascii: letter)
  }

  /// `O` and the `.` that old chunkers wrote.
  private var isOutside: Bool { has("O") || has(".") }

  /// Whether both have the same label, byte for byte.
  package func hasLabel(of other: ConllevalTag) -> Bool {
    label.utf8.elementsEqual(other.label.utf8)
  }

  /// Whether both are the same tag: what its accuracy counts.
  package func isSame(as other: ConllevalTag) -> Bool {
    prefix.elementsEqual(other.prefix) && hasLabel(of: other)
  }

  /// Its `startOfChunk`.
  package func starts(after previous: ConllevalTag) -> Bool {
    if has("B"), previous.has("B") || previous.has("I") || previous.has("O") { return true }
    if has("I"), previous.has("O") || previous.has("E") { return true }
    if has("E"), previous.has("E") || previous.has("O") { return true }
    if has("[") || has("]") { return true }
    return !isOutside && !hasLabel(of: previous)
  }

  /// Its `endOfChunk`.
  package func ends(before next: ConllevalTag) -> Bool {
    if has("B") || has("I"), next.has("B") || next.has("O") { return true }
    if has("E"), next.has("E") || next.has("I") || next.has("O") { return true }
    if has("[") || has("]") { return true }
    return !isOutside && !hasLabel(of: next)
  }
}
