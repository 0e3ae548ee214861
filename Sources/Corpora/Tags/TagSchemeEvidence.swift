/// Gathers what the tags of a whole corpus say about their scheme.
public struct TagSchemeEvidence: Hashable, Sendable {
  private var prefixes: Set<UInt8> = []
  /// Spans that start with `I-`: after `O`, or at a change of label.
  private var insideStarts = 0
  /// `B-` that is not needed to separate two spans of one label.
  private var plainBegins = 0
  private var hasOutside = false
  /// Tags that are labels alone.
  private var hasBareLabels = false

  public init() {}

  /// Adds one sentence.
  public mutating func add(_ tags: [String]) {
    var previous: (label: Substring, isOutside: Bool) = ("", true)
    for tag in tags {
      let bytes = tag.utf8
      if bytes.count == 1, bytes.first == UInt8(ascii: "O") {
        hasOutside = true
        previous = ("", true)
        continue
      }
      guard bytes.count > 2, let prefix = bytes.first,
        bytes[bytes.index(after: bytes.startIndex)] == UInt8(ascii: "-")
      else {
        if bytes.count > 1 { hasBareLabels = true }
        previous = ("", true)
        continue
      }
      prefixes.insert(prefix)
      let label = tag[bytes.index(bytes.startIndex, offsetBy: 2)...]
      let isNew = previous.isOutside || !previous.label.utf8.elementsEqual(label.utf8)
      if isNew, prefix == UInt8(ascii: "I") { insideStarts += 1 }
      if isNew, prefix == UInt8(ascii: "B") { plainBegins += 1 }
      previous = (label, false)
    }
  }

  /// The scheme that fits; IOB2 where nothing speaks for another.
  ///
  /// Any `L-` or `U-` means BILOU, `M-` or `W-` BMEWO, `E-` or `S-` IOBES. Among IOB1 and IOB2
  /// the majority decides: spans that start with `I-` against a `B-` that IOB1 would not write.
  /// A corpus in IO reads as IOB1, with the same spans, unless its tags are `O` and labels alone.
  public var scheme: TagScheme {
    func has(_ letters: String) -> Bool { letters.utf8.contains { prefixes.contains($0) } }
    if prefixes.isEmpty, hasOutside, hasBareLabels { return .io }
    if has("LU"), !has("ES") { return .bilou }
    if has("MW") { return .bmewo }
    if has("ES") { return .iobes }
    return insideStarts > plainBegins ? .iob1 : .iob2
  }
}
