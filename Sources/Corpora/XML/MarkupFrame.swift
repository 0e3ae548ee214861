/// An element that is open while a document is read.
struct MarkupFrame {
  var name = ""
  var isPreserving = false
  /// The index, among the open elements, of the block that the element is in or is.
  var block = 0
  var owner = MarkedText.Owner()
  var isInDocument = false
  /// The name of the element that is the sentence around.
  var sentence: String?
  /// Whether its text is not of the document, and which element is the reason.
  var skipping: String?
  /// Whether what is annotated in it is not taken.
  var isUnannotated = false
  /// How many children were read.
  var children = 0

  // What its end is to do.

  var isBlock = false
  var isUndecided = false
  var isDocument = false
  var isSentence = false
  var entity: Int?
  var token: Int?
  var isGluedRight = false
  var isIdentifier = false
  /// For one whose text is skipped: whether a reader might miss it, and whether there is some.
  var isSkippedText = false
  var hasSkippedText = false
  var alternatives: Alternatives?
  var section: Int?
  /// The name of the attribute that its text is the value of.
  var attribute: String?

  // Of blocks: what has come in them.

  /// Text, be it in entities.
  var hasText = false
  /// Text that is not in a tentative entity.
  var hasOwnText = false
  /// Tentative entities directly in the block.
  var tentative: [Int] = []
  var isTentative = false

  /// Forgets what it has begun in a document that has ended inside it.
  mutating func leaveDocument() {
    owner = MarkedText.Owner()
    isSentence = false
    sentence = nil
    entity = nil
    token = nil
    section = nil
    tentative = []
  }

  enum Alternatives {
    /// Nothing but white space so far.
    case empty
    case reading
    case done
  }
}
