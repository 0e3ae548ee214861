import Foundation

/// A text for a person to read, with a stretch of it marked.
struct MarkedText {
  private let scalars: [Unicode.Scalar]
  private let marks: (begin: String, end: String)

  /// How much of a long text is shown on either side of the mark, in scalars.
  private static let reach = 600

  /// - Parameter isTerminal: whether colours can be shown; brackets stand for them elsewhere.
  init(_ text: String, isTerminal: Bool) {
    scalars = Array(text.unicodeScalars)
    marks = isTerminal ? ("\u{1B}[7m", "\u{1B}[0m") : ("[[", "]]")
  }

  /// As much of it as stands around the mark.
  func text(marking answer: Range<Int>?) -> String {
    guard let answer else {
      let end = min(scalars.count, 2 * Self.reach)
      return string(0..<end) + (end < scalars.count ? " …" : "")
    }
    let start = start(before: answer.lowerBound)
    let end = end(behind: answer.upperBound)
    return (start > 0 ? "… " : "") + string(start..<answer.lowerBound) + marks.begin
      + string(answer) + marks.end + string(answer.upperBound..<end)
      + (end < scalars.count ? " …" : "")
  }

  /// Where what is shown before a mark begins: behind white space if there is any, so that no word is cut.
  private func start(before mark: Int) -> Int {
    let place = mark - Self.reach
    guard place > 0 else { return 0 }
    return scalars[place..<mark].firstIndex { $0.properties.isWhitespace }.map { $0 + 1 } ?? place
  }

  private func end(behind mark: Int) -> Int {
    let place = mark + Self.reach
    guard place < scalars.count else { return scalars.count }
    return scalars[mark..<place].lastIndex { $0.properties.isWhitespace } ?? place
  }

  /// A stretch of it on one line.
  func line(_ range: Range<Int>) -> String {
    String(
      String.UnicodeScalarView(
        Self.shown(scalars[range]).map { $0.properties.isWhitespace ? " " : $0 }))
  }

  private func string(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(Self.shown(scalars[range])))
  }

  /// Line ends as line feeds; what a terminal would take for commands as what it is.
  private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    var shown: [Unicode.Scalar] = []
    shown.reserveCapacity(scalars.count)
    for (index, scalar) in zip(scalars.indices, scalars) {
      switch scalar.value {
      case 0x0D:
        let isBeforeLineFeed = index + 1 < scalars.endIndex && scalars[index + 1] == "\n"
        if !isBeforeLineFeed { shown.append("\n") }
      case 0x09, 0x0A: shown.append(scalar)
      case 0..<0x20, 0x7F..<0xA0: shown.append("\u{FFFD}")
      default: shown.append(scalar)
      }
    }
    return shown
  }
}

/// Answers with their confidences, a line each.
struct AnswerList {
  let text: String

  /// - Parameter answers: the most probable first.
  init(_ answers: [(text: String, confidence: Double)], nullConfidence: Double) {
    var entries = answers
    if nullConfidence > 0 || entries.isEmpty {
      let place = entries.firstIndex { $0.confidence < nullConfidence }
      entries.insert(("(no answer)", nullConfidence), at: place ?? entries.count)
    }
    text = entries.map { String(format: "%6.2f %%  ", 100 * $0.confidence) + $0.text }
      .joined(separator: "\n")
  }
}
