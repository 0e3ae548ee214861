/// A span in JSON lines: offsets into the text, or into the words of a `tokens` line.
public struct JSONSpan: Hashable, Sendable {
  /// Unicode scalars of `text`, or indices of `tokens`; half-open.
  public var range: Range<Int>
  /// The parts of a discontinuous span, from the range's start to its end; else empty.
  public var fragments: [Range<Int>]
  /// The text of the range, if the line gives it.
  public var text: String?
  public var label: String
  /// 0 to 1.
  public var confidence: Double?
  public var layer: String?
  public var id: String?
  public var attributes: [Attribute]
  /// What the line has besides. A `confidence` in it is written as it stands there.
  public var others: [JSONMember]

  public init(
    range: Range<Int>, text: String?, label: String, confidence: Double? = nil,
    fragments: [Range<Int>] = [], layer: String? = nil, id: String? = nil,
    attributes: [Attribute] = [], others: [JSONMember] = []
  ) {
    self.range = range
    self.text = text
    self.label = label
    self.confidence = confidence
    self.fragments = fragments
    self.layer = layer
    self.id = id
    self.attributes = attributes
    self.others = others
  }
}
