import Corpora
import Inference

/// One thing to do, of a request of its own, a batch or a stream:
///
///     {"adapter", "text"}  {"adapter", "tokens"}  {"adapter", "question", "context"}, each with "id" if wanted
struct WorkItem: Sendable {
  var adapter: String
  var work: Work
  /// As JSON text.
  var id: String?

  enum Work: Sendable {
    case tag(TagRequest)
    case answer(question: String, context: String)
  }

  /// - Parameters:
  ///   - adapter: where the item names none.
  ///   - place: of the item, for messages.
  /// - Throws: `Problem`.
  init(
    _ value: JSONValue, adapter: String? = nil, limits: ServiceLimits, place: String = "the body"
  ) throws(Problem) {
    guard case .object = value else {
      throw Problem(.invalidRequest, "\(place): expected an object, found \(value.kind)")
    }
    let members = Members(value: value, place: place)
    guard let name = try members.string("adapter") ?? adapter else {
      throw members.problem("an adapter's name in adapter", "none")
    }
    try AdapterName.require(name)
    self.adapter = name
    id = try members.id()
    let (question, context) = (try members.string("question"), try members.string("context"))
    let (text, tokens) = (try members.string("text"), try members.strings("tokens"))
    switch (question, context, text, tokens) {
    case (let question?, let context?, nil, nil):
      for (name, text) in [("question", question), ("context", context)] where text.isEmpty {
        throw members.problem("text in \(name)", "none")
      }
      work = .answer(question: question, context: context)
    case (nil, nil, let text?, nil): work = .tag(.text(text))
    case (nil, nil, nil, let tokens?): work = .tag(.tokens(tokens))
    default:
      let found = ["question", "context", "text", "tokens"].filter { value[$0] != nil }
      throw members.problem(
        "text, or tokens, or question and context",
        found.isEmpty ? "none of them" : found.joined(separator: " and "))
    }
    guard byteCount <= limits.textBytes else {
      throw Problem(
        .textTooLarge,
        "\(place): expected a text of at most \(limits.textBytes) bytes, found \(byteCount)")
    }
  }

  private var byteCount: Int {
    switch work {
    case .tag(let request): request.byteCount
    case .answer(let question, let context): question.utf8.count + context.utf8.count
    }
  }
}

/// The members of an item's object.
private struct Members {
  let value: JSONValue
  let place: String

  func problem(_ expected: String, _ found: String) -> Problem {
    Problem(.invalidRequest, "\(place): expected \(expected), found \(found)")
  }

  func string(_ key: String) throws(Problem) -> String? {
    guard let member = value[key] else { return nil }
    guard let string = member.string else { throw problem("a string in \(key)", member.kind) }
    return string
  }

  func strings(_ key: String) throws(Problem) -> [String]? {
    guard let member = value[key] else { return nil }
    guard let words = member.array?.map(\.string) else {
      throw problem("an array of strings in \(key)", member.kind)
    }
    let strings = words.compactMap { $0 }
    guard strings.count == words.count else {
      throw problem("strings alone in \(key)", "another value among them")
    }
    return strings
  }

  /// A string or a whole number, as JSON text; nil where there is none, or null.
  func id() throws(Problem) -> String? {
    guard let member = value["id"], member != .null else { return nil }
    if let string = member.string {
      var bytes: [UInt8] = []
      JSONText.append(string, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    // Larger ones are not exact in every reader's numbers (RFC 8259, section 6).
    guard let number = member.integer, number.magnitude < 1 << 53 else {
      throw problem("a string or a whole number below 2^53 in id", member.kind)
    }
    return String(number)
  }
}
