import Foundation

/// A drawing that is one SVG file: no scripts, no fonts or files from elsewhere, and colours for
/// light and dark surroundings.
///
/// The same calls give the same bytes on every machine.
struct SVGDocument {
  /// What a shape stands for; its colours are in one place, ``style``.
  enum Role: String {
    /// Behind everything.
    case paper
    case title
    case subtitle
    case label
    case tick
    case axis
    case grid
    /// Where something ought to be, or was marked.
    case guide
    /// Bars that are measured.
    case bar
    /// What bars lack or have too much.
    case gap
    case count
    /// Curves, each with its own kind of line.
    case first
    case second
    case third
    case note
  }

  enum Anchor: String {
    case start
    case middle
    case end
  }

  let width: Double
  let height: Double
  private let title: String
  private let summary: String
  private var body = ""

  /// - Parameters:
  ///   - title: what a screen reader says first.
  ///   - summary: what can be seen, in words.
  init(width: Double, height: Double, title: String, summary: String) {
    self.width = width
    self.height = height
    self.title = title
    self.summary = summary
  }

  /// The file.
  var text: String {
    let (width, height) = (Self.number(width), Self.number(height))
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="title desc">
      <title id="title">\(Self.escaped(title))</title>
      <desc id="desc">\(Self.escaped(summary))</desc>
      <style>
      \(Self.style)
      </style>
      <rect class="paper" width="\(width)" height="\(height)"/>
      \(body)</svg>

      """
  }

  // MARK: Shapes

  mutating func line(_ role: Role, from: (x: Double, y: Double), to: (x: Double, y: Double)) {
    add(
      "<line class=\"\(role.rawValue)\" x1=\"\(Self.number(from.x))\" y1=\"\(Self.number(from.y))\""
        + " x2=\"\(Self.number(to.x))\" y2=\"\(Self.number(to.y))\"/>")
  }

  mutating func polyline(_ role: Role, _ points: [(x: Double, y: Double)]) {
    let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }
    add("<polyline class=\"\(role.rawValue)\" points=\"\(list.joined(separator: " "))\"/>")
  }

  mutating func circle(_ role: Role, at center: (x: Double, y: Double), radius: Double) {
    add(
      "<circle class=\"\(role.rawValue)\" cx=\"\(Self.number(center.x))\""
        + " cy=\"\(Self.number(center.y))\" r=\"\(Self.number(radius))\"/>")
  }

  /// A rectangle between two corners, in any order.
  ///
  /// - Parameter hint: what a pointer over it shows.
  mutating func rectangle(
    _ role: Role, from a: (x: Double, y: Double), to b: (x: Double, y: Double), hint: String? = nil
  ) {
    let shape =
      "<rect class=\"\(role.rawValue)\" x=\"\(Self.number(min(a.x, b.x)))\""
      + " y=\"\(Self.number(min(a.y, b.y)))\" width=\"\(Self.number(abs(a.x - b.x)))\""
      + " height=\"\(Self.number(abs(a.y - b.y)))\""
    add(shape + (hint.map { "><title>\(Self.escaped($0))</title></rect>" } ?? "/>"))
  }

  /// - Parameter turned: whether the text runs from below to above.
  mutating func text(
    _ role: Role, _ text: String, at place: (x: Double, y: Double), anchor: Anchor = .start,
    turned: Bool = false
  ) {
    let (x, y) = (Self.number(place.x), Self.number(place.y))
    let turn = turned ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
    add(
      "<text class=\"\(role.rawValue)\" x=\"\(x)\" y=\"\(y)\" "
        + "text-anchor=\"\(anchor.rawValue)\"\(turn)>\(Self.escaped(text))</text>")
  }

  private mutating func add(_ element: String) {
    body += element
    body += "\n"
  }

  // MARK: Text

  /// With at most two decimals; the same on every machine.
  static func number(_ value: Double) -> String {
    precondition(value.isFinite && abs(value) < 1e9, "a place on the drawing")
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    var text = (hundredths < 0 ? "-" : "") + "\(whole)"
    if rest > 0 {
      text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    }
    return text
  }

  /// Text as XML has it. What XML cannot say (control characters, say) becomes U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\t", "\n", "\r": result.append(" ")
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Colours that can be told apart by those who see few of them (Okabe and Ito 2008).
  private static let style = """
    text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; \
    font-size: 12px; fill: #1f2328; }
    .title { font-size: 16px; font-weight: 600; }
    .subtitle, .tick, .count, .note { fill: #59636e; }
    .tick, .count { font-size: 11px; }
    line, polyline { fill: none; stroke-width: 1; }
    .paper { fill: #ffffff; }
    .axis { stroke: #59636e; }
    .grid { stroke: #d8dee4; }
    .guide { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 5 4; }
    .bar { fill: #0072b2; fill-opacity: 0.75; stroke: none; }
    .gap { fill: #d55e00; fill-opacity: 0.3; stroke: #d55e00; stroke-width: 1; }
    polyline.first, polyline.second, polyline.third { stroke-width: 2; }
    line.first, line.second, line.third { stroke-width: 2; }
    .first { stroke: #0072b2; }
    .second { stroke: #d55e00; stroke-dasharray: 7 4; }
    .third { stroke: #009e73; stroke-dasharray: 2 3; }
    circle.first, circle.second, circle.third { stroke: none; }
    circle.first { fill: #0072b2; }
    circle.second { fill: #d55e00; }
    circle.third { fill: #009e73; }
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .subtitle, .tick, .count, .note { fill: #9da7b1; }
    .paper { fill: #14171c; }
    .axis, .guide { stroke: #9da7b1; }
    .grid { stroke: #30363d; }
    .bar { fill: #56b4e9; }
    .gap { fill: #e69f00; stroke: #e69f00; }
    .first { stroke: #56b4e9; }
    .second { stroke: #e69f00; }
    .third { stroke: #2fbf9b; }
    circle.first { fill: #56b4e9; }
    circle.second { fill: #e69f00; }
    circle.third { fill: #2fbf9b; }
    }
    """
}
