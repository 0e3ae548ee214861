/// Reads the grammar of ``Template`` from left to right, one scalar ahead.
struct TemplateParser {
  private let template: String
  private let scalars: [Unicode.Scalar]
  private let fields: [String]
  private var position = 0
  private var elements: [Template.Element] = []
  /// The hard prompt since the last element, and the word being read.
  private var words: [String] = []
  private var word = String.UnicodeScalarView()
  private var seenFields: [String] = []
  private var hasClassification = false

  init(_ template: String, fields: [String]) {
    precondition(!fields.contains("soft"), "no field may be called soft")
    self.template = template
    self.scalars = Array(template.unicodeScalars)
    self.fields = fields
  }

  mutating func parse() throws(TemplateError) -> [Template.Element] {
    while let scalar = peek() {
      if scalar.properties.isWhitespace {
        endWord()
        position += 1
      } else if scalar == "{" || scalar == "}" {
        if peek(1) == scalar {
          word.append(scalar)
          position += 2
        } else if scalar == "{" {
          endWords()
          try parseBraces()
        } else {
          throw error(expected: "}} for a brace, or a { before it", found: foundHere())
        }
      } else if starts(with: .classification) {
        endWords()
        guard !hasClassification else {
          throw error(expected: "one [CLS]", found: "another")
        }
        hasClassification = true
        append(.classification)
      } else if starts(with: .separator) {
        endWords()
        append(.separator)
      } else {
        word.append(scalar)
        position += 1
      }
    }
    endWords()
    if let missing = fields.first(where: { !seenFields.contains($0) }) {
      throw error(expected: "{\(missing)}", found: Self.end)
    }
    return elements
  }

  // MARK: Braces

  /// Reads from an opening brace to its closing brace.
  private mutating func parseBraces() throws(TemplateError) {
    position += 1
    skipSpace()
    let nameStart = position
    let name = token()
    if name.elementsEqual("soft".unicodeScalars) {
      skipSpace()
      try expect(":", as: "\":\" and a number of rows or a quoted text")
      skipSpace()
      let element = try peek() == "\"" ? parseSoftText() : parseSoftLength()
      try closeBrace()
      elements.append(element)
      return
    }
    guard
      let field = fields.first(where: { name.elementsEqual($0.unicodeScalars) })
    else {
      let found = name.isEmpty ? foundHere() : Self.quoted(name)
      throw error(at: nameStart, expected: elementsExpected, found: found)
    }
    guard !seenFields.contains(field) else {
      throw error(at: nameStart, expected: "{\(field)} once", found: "it a second time")
    }
    try closeBrace()
    seenFields.append(field)
    elements.append(.field(field))
  }

  private mutating func parseSoftLength() throws(TemplateError) -> Template.Element {
    let start = position
    let digits = token()
    let limit = Template.softSlotLimit
    let isNumber = !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
    if isNumber, let rows = Int(Self.string(digits)), (1...limit).contains(rows) {
      return .soft(rows: rows)
    }
    throw error(
      at: start, expected: "a number of rows from 1 to \(limit), or a text in \"quotes\"",
      found: digits.isEmpty ? foundHere() : Self.quoted(digits))
  }

  private mutating func parseSoftText() throws(TemplateError) -> Template.Element {
    let start = position
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek(), scalar != "\"" {
      if scalar == "\\" {
        position += 1
        guard let escaped = peek(), escaped == "\"" || escaped == "\\" else {
          throw error(
            expected: "\" or \\ after a backslash",
            found: peek().map { Self.quoted([$0]) } ?? Self.end)
        }
      }
      text.append(scalars[position])
      position += 1
    }
    try expect("\"", as: "a closing quote")
    guard !text.allSatisfy(\.properties.isWhitespace) else {
      throw error(at: start, expected: "words between the quotes", found: "none")
    }
    return .softText(String(text))
  }

  private mutating func closeBrace() throws(TemplateError) {
    skipSpace()
    try expect("}", as: "\"}\"")
  }

  // MARK: Words and specials

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    words.append(String(word))
    word = String.UnicodeScalarView()
  }

  private mutating func endWords() {
    endWord()
    guard !words.isEmpty else { return }
    elements.append(.words(words.joined(separator: " ")))
    words = []
  }

  private func starts(with special: Template.Special) -> Bool {
    scalars[position...].starts(with: special.text.unicodeScalars)
  }

  private mutating func append(_ special: Template.Special) {
    elements.append(.special(special))
    position += special.text.unicodeScalars.count
  }

  // MARK: Scalars

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  private mutating func skipSpace() {
    while let scalar = peek(), scalar.properties.isWhitespace { position += 1 }
  }

  /// Takes the run of scalars up to white space or one that has a meaning inside braces.
  private mutating func token() -> ArraySlice<Unicode.Scalar> {
    let start = position
    while let scalar = peek(), !scalar.properties.isWhitespace,
      scalar != "{", scalar != "}", scalar != ":"
    {
      position += 1
    }
    return scalars[start..<position]
  }

  private mutating func expect(
    _ scalar: Unicode.Scalar, as expected: String
  ) throws(TemplateError) {
    guard peek() == scalar else { throw error(expected: expected, found: foundHere()) }
    position += 1
  }

  // MARK: Errors

  private static let end = "the end of the template"

  private var elementsExpected: String {
    (fields.map { "{\($0)}" } + ["{soft:…}"]).joined(separator: " or ")
  }

  private func error(
    at place: Int? = nil, expected: String, found: String
  ) -> TemplateError {
    TemplateError(
      template: template, column: (place ?? position) + 1, expected: expected, found: found)
  }

  /// What stands at the present position, up to the next white space.
  private func foundHere() -> String {
    guard let scalar = peek() else { return Self.end }
    if scalar == "{" || scalar == "}" || scalar.properties.isWhitespace {
      return Self.quoted([scalar])
    }
    return Self.quoted(
      scalars[position...].prefix {
        !$0.properties.isWhitespace && $0 != "{" && $0 != "}"
      })
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Scalars in quotes, cut where they are many, with controls spelled out.
  private static func quoted(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    let limit = 30
    var text = "\""
    for scalar in scalars.prefix(limit) {
      if scalar.properties.generalCategory == .control {
        text += "U+" + String(scalar.value, radix: 16, uppercase: true)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text + (scalars.count > limit ? "…\"" : "\"")
  }
}
