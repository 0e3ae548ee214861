/// What is wrong with a file of an encoder or an adapter: where, what was expected, what was found.
public struct EncoderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of failure; a command line maps it to an exit code of `sysexits`.
  public enum Kind: Sendable, Equatable {
    /// The file or folder is not there (66).
    case missing
    /// The file is there but its contents cannot be what they should be (65).
    case malformed
    /// The operating system would not open, read or map it (74).
    case inputOutput
  }

  public var kind: Kind
  /// The file or folder in question.
  public var path: String
  /// What inside the file, such as `tensor "embeddings.LayerNorm.weight"`; nil for the file as a whole.
  public var place: String?
  public var expected: String
  public var found: String
  /// What the reader can do about it, a phrase without a full stop; nil where there is nothing to say.
  public var advice: String?

  public init(
    _ kind: Kind, path: String, place: String? = nil, expected: String, found: String,
    advice: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.place = place
    self.expected = expected
    self.found = found
    self.advice = advice
  }

  /// `path: place: expected …, found …; advice`, one line, whatever characters the file put in its names.
  public var description: String {
    var text = path
    if let place { text += ": " + place }
    text += ": expected " + expected + ", found " + found
    if let advice { text += "; " + advice }
    return Self.printable(text, limit: 2000)
  }

  /// `name` in quotation marks, cut after 200 scalars: names come from files and may be of any length.
  static func quoted(_ name: String) -> String { "\"" + printable(name, limit: 200) + "\"" }

  /// Control characters become `?`, so that a hostile name cannot move a terminal's cursor.
  private static func printable(_ text: String, limit: Int) -> String {
    var result = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < limit else {
        result.append("…")
        break
      }
      let isControl = scalar.properties.generalCategory == .control
      result.append(isControl ? "?" : scalar)
    }
    return String(result)
  }
}
