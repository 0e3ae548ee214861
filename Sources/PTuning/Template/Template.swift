/// Where soft prompt rows, plain words and the fields of an example stand in the encoder's input.
///
/// The grammar, one line of text:
///
///     template = { element | space }
///     element  = "{soft:" number "}"            that many soft rows
///              | "{soft:" quoted "}"            one soft row for each wordpiece of the text
///              | "{" field "}"                  a field of the example
///              | "[CLS]" | "[SEP]"              the encoder's own special rows
///              | word                           hard prompt, tokenized like any text
///     quoted   = '"' text '"'                   in it, \" is a quote and \\ a backslash
///
/// In words, `{{` and `}}` are braces. No other special is recognised: `[MASK]` is a plain word.
/// White space separates words and means nothing else; braces and specials need none around them.
///
/// A template has each field of its task exactly once. `[CLS]` comes first where it is not
/// written, and `[SEP]` last where none is written after the last field (see ``completeElements``).
public struct Template: Sendable, CustomStringConvertible {
  /// A row of its own that the encoder was pretrained with.
  public enum Special: Hashable, Sendable {
    case classification, separator

    /// How templates write it.
    public var text: String {
      switch self {
      case .classification: "[CLS]"
      case .separator: "[SEP]"
      }
    }
  }

  /// One piece of a template.
  public enum Element: Hashable, Sendable {
    /// A soft slot of so many rows.
    case soft(rows: Int)
    /// A soft slot with one row for each wordpiece of a text, initialised from their embeddings.
    case softText(String)
    /// Plain words, separated by single spaces: hard prompt.
    case words(String)
    /// A field of the example.
    case field(String)
    case special(Special)
  }

  /// The greatest length of one soft slot.
  public static let softSlotLimit = 4096

  /// The default for named-entity recognition: `{text}`, which deep prompts go with.
  public static let namedEntities = Template(elements: [.field("text")])

  /// The default for question answering, `{question} [SEP] {context}`: two segments, as encoders are pretrained.
  public static let questionAnswering = Template(
    elements: [.field("question"), .special(.separator), .field("context")])

  /// The elements as written; neighbouring words are one element.
  public let elements: [Element]

  init(elements: [Element]) {
    self.elements = elements
  }

  /// Reads a template.
  ///
  /// - Parameters:
  ///   - text: the template.
  ///   - fields: the names of the task's fields, none of them `soft`; each must stand once.
  /// - Throws: ``TemplateError``.
  public init(parsing text: String, fields: [String]) throws {
    var parser = TemplateParser(text, fields: fields)
    self.init(elements: try parser.parse())
  }

  /// The names of the fields, in the order in which they stand.
  public var fields: [String] {
    elements.compactMap { element in
      if case .field(let name) = element { name } else { nil }
    }
  }

  /// The elements with the special rows that were not written: `[CLS]` first where there is none,
  /// `[SEP]` last where none stands after the last field.
  public var completeElements: [Element] {
    var complete = elements
    if !complete.contains(.special(.classification)) {
      complete.insert(.special(.classification), at: 0)
    }
    let lastField = complete.lastIndex { if case .field = $0 { true } else { false } } ?? 0
    if !complete[lastField...].contains(.special(.separator)) {
      complete.append(.special(.separator))
    }
    return complete
  }

  /// The template in canonical form; reading it gives an equal template.
  public var description: String {
    elements.map(Self.text).joined(separator: " ")
  }

  private static func text(of element: Element) -> String {
    switch element {
    case .soft(let rows): return "{soft:\(rows)}"
    case .softText(let text): return "{soft:\"" + doubled(text, "\"\\", by: "\\") + "\"}"
    case .words(let text): return doubled(text, "{}", by: nil)
    case .field(let name): return "{\(name)}"
    case .special(let special): return special.text
    }
  }

  /// `text` with `mark`, or else the scalar itself, before each scalar that is one of `scalars`.
  private static func doubled(
    _ text: String, _ scalars: String, by mark: Unicode.Scalar?
  ) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalars.unicodeScalars.contains(scalar) { result.append(mark ?? scalar) }
      result.append(scalar)
    }
    return String(result)
  }
}

/// Templates are equal where their canonical texts have the same bytes: comparing strings would
/// hold composed and decomposed letters equal, which a tokenizer may tell apart.
extension Template: Hashable {
  public static func == (left: Template, right: Template) -> Bool {
    left.description.utf8.elementsEqual(right.description.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    for byte in description.utf8 { hasher.combine(byte) }
  }
}
