/// Reads what systems say to the questions of a SQuAD file: one JSON object, a member for each
/// question by its name.
public enum SQuADPredictionFile {
  /// The answers: `{"name": "text", …}`. Where a name comes twice, both are given.
  ///
  /// - Throws: `CorpusError`.
  public static func answers(
    _ input: CorpusInput, encoding: TextEncoding? = nil
  ) throws -> [(id: String, value: String)] {
    try members(of: input, encoding, "a string for each question", "answers") { $0.string }
  }

  /// The probabilities that a question has no answer: `{"name": 0.25, …}`.
  ///
  /// - Throws: `CorpusError`.
  public static func probabilities(
    _ input: CorpusInput, encoding: TextEncoding? = nil
  ) throws -> [(id: String, value: Double)] {
    try members(of: input, encoding, "a finite number for each question", "probabilities") {
      value in
      if case .number(let number) = value, number.isFinite { return number }
      return nil
    }
  }

  private static func members<Value>(
    of input: CorpusInput, _ encoding: TextEncoding?, _ expected: String, _ what: String,
    _ convert: (JSONValue) -> Value?
  ) throws -> [(id: String, value: Value)] {
    let source = try ByteSource(input)
    let bytes = try SQuADFile.bytes(of: source, encoding: encoding ?? .utf8)
    let places = JSONPlaces(file: source.name, bytes: bytes)
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw places.error(error)
    }
    guard let members = value.members else {
      throw places.error("an object of \(what)", value.kind, at: 0)
    }
    return try members.map { member in
      guard let value = convert(member.value) else {
        throw places.error(expected, member.value.kind, at: member.range.lowerBound)
      }
      return (member.key, value)
    }
  }
}
