import Foundation
import Tasks

/// A passage for a person to read, with the answer marked.
struct MarkedPassage {
  private let scalars: [Unicode.Scalar]
  private let marks: (begin: String, end: String)

  /// How much of a long passage is shown on either side of the answer, in scalars.
  private static let reach = 600

  /// - Parameter isTerminal: whether colours can be shown; brackets stand for them elsewhere.
  init(_ passage: String, isTerminal: Bool) {
    scalars = Array(passage.unicodeScalars)
    marks = isTerminal ? ("\u{1B}[7m", "\u{1B}[0m") : ("[[", "]]")
  }

  /// The passage, and below it what was found, with confidences.
  func text(_ answers: PassageAnswers) -> String {
    var entries = answers.answers.map { (text: line($0.range), confidence: $0.confidence) }
    if answers.nullConfidence > 0 {
      let place = entries.firstIndex { $0.confidence < answers.nullConfidence }
      entries.insert(("(no answer)", answers.nullConfidence), at: place ?? entries.count)
    }
    let list = entries.map { String(format: "%6.2f %%  ", 100 * $0.confidence) + $0.text }
    return "\(passage(answers.best?.range))\n\n\(list.joined(separator: "\n"))"
  }

  private func passage(_ answer: Range<Int>?) -> String {
    guard let answer else {
      let end = min(scalars.count, 2 * Self.reach)
      return string(0..<end) + (end < scalars.count ? " …" : "")
    }
    let start = boundary(before: answer.lowerBound - Self.reach)
    let end = boundary(behind: answer.upperBound + Self.reach)
    return (start > 0 ? "… " : "") + string(start..<answer.lowerBound) + marks.begin
      + string(answer) + marks.end + string(answer.upperBound..<end)
      + (end < scalars.count ? " …" : "")
  }

  /// The place behind the next white space, so that no word is cut.
  private func boundary(before place: Int) -> Int {
    guard place > 0 else { return 0 }
    return scalars[place...].firstIndex { $0.properties.isWhitespace }.map { $0 + 1 } ?? place
  }

  private func boundary(behind place: Int) -> Int {
    guard place < scalars.count else { return scalars.count }
    return scalars[..<place].lastIndex { $0.properties.isWhitespace } ?? place
  }

  /// On one line.
  private func line(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(scalars[range].map { $0.properties.isWhitespace ? " " : $0 }))
  }

  /// What a terminal would take for commands is shown as what it is.
  private func string(_ range: Range<Int>) -> String {
    String(
      String.UnicodeScalarView(
        scalars[range].map { scalar in
          scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value == 0x7F
            ? "\u{FFFD}" : scalar
        }))
  }
}
