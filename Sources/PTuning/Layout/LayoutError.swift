/// Why a template and an encoder, or a template and an example, do not go together.
public enum LayoutError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text of a `{soft:"…"}` has no wordpiece to take rows from.
  case noInitialWordpieces(text: String)
  /// The template, with the fields that are not split, leaves no row for a word.
  case noRoom(taken: Int, of: Int)

  public var description: String {
    switch self {
    case .noInitialWordpieces(let text):
      "template: expected words with wordpieces in {soft:\"…\"}, found \"\(text)\", which has none"
    case .noRoom(let taken, let limit):
      "template: expected room for the text, found that the template takes \(taken) "
        + (taken == 1 ? "row" : "rows") + " of \(limit)"
    }
  }
}
