import Corpora
import Foundation

/// Everything that an evaluation found out, as a table for people and as JSON for programs.
public struct EvaluationReport: Sendable {
  public var scores: NERScores
  public var sentences: Int
  public var words: Int
  /// nil where spans overlap on a side that has no tags.
  public var accuracy: WordAccuracy?
  public var intervals: BootstrapIntervals?
  public var errors: ErrorListing?
  /// Where there are confidences.
  public var calibration: CalibrationReport?

  public init(
    scores: NERScores, sentences: Int, words: Int, accuracy: WordAccuracy?,
    intervals: BootstrapIntervals? = nil, errors: ErrorListing? = nil,
    calibration: CalibrationReport? = nil
  ) {
    self.scores = scores
    self.sentences = sentences
    self.words = words
    self.accuracy = accuracy
    self.intervals = intervals
    self.errors = errors
    self.calibration = calibration
  }

  /// The scores' table, a line on calibration, the two lines that `conlleval` prints over all, and
  /// what was asked for besides. The last line ends without a line break.
  public var table: String {
    var parts = [scores.table]
    if let calibration { parts.append(calibration.line) }
    parts.append(overall)
    if let intervals { parts.append(Self.table(of: intervals)) }
    if let errors { parts.append(errors.table) }
    return parts.joined(separator: "\n\n")
  }

  /// Line for line what `conlleval` prints.
  private var overall: String {
    let micro = scores.micro
    let words = accuracy?.total ?? words
    let counts =
      "processed \(words) tokens with \(micro.gold) phrases; "
      + "found: \(micro.predicted) phrases; correct: \(micro.truePositives)."
    guard words > 0 else { return counts }
    func percent(_ name: String, _ value: Double) -> String {
      name + ": " + String(format: "%6.2f", value)
    }
    let measures = micro.percentages
    var line = accuracy.map { percent("accuracy", $0.percentage) + "%; " } ?? ""
    line += percent("precision", measures.precision) + "%; "
    line += percent("recall", measures.recall) + "%; " + percent("FB1", measures.f1)
    return counts + "\n" + line
  }

  private static func table(of intervals: BootstrapIntervals) -> String {
    func row(_ name: String, _ measures: BootstrapIntervals.MeasureIntervals) -> [String] {
      [name]
        + [measures.precision, measures.recall, measures.f1].map {
          String(format: "%.2f-%.2f", 100 * $0.low, 100 * $0.high)
        }
    }
    var rows = [["label", "precision", "recall", "f1"]]
    rows += intervals.labels.map { row(TextTable.name($0.label), $0.measures) }
    if !intervals.labels.isEmpty { rows.append([]) }
    rows.append(row("micro", intervals.micro))
    rows.append(row("macro", intervals.macro))
    rows.append(row("weighted", intervals.weighted))
    return "95 % intervals: \(intervals.resamples) resamples of \(intervals.sentences) sentences, "
      + "seed \(intervals.seed)\n" + TextTable.lines(rows).joined(separator: "\n")
  }

  /// One line of JSON: what ``NERScores/json`` has, and after it
  ///
  ///     "accuracy":0.93,
  ///     "counts":{"sentences":…,"words":…,"gold":…,"predicted":…,"correct":…,
  ///       "labels":{"LOC":{"gold":…,"predicted":…,"correct":…}}}
  ///
  /// and, where there are confidences, `calibration` (``CalibrationReport/json``), and, where asked
  /// for, `bootstrap` and `errors`. `accuracy` is null where it is not known.
  public var json: String {
    var members = [scores.jsonMembers]
    members.append("\"accuracy\":" + (accuracy.map { "\($0.fraction)" } ?? "null"))
    let labels = scores.labels.map { JSONText.quoted($0.label) + ":{\(Self.counts($0.score))}" }
    members.append(
      "\"counts\":{\"sentences\":\(sentences),\"words\":\(accuracy?.total ?? words),"
        + Self.counts(scores.micro) + ",\"labels\":{" + labels.joined(separator: ",") + "}}")
    if let calibration { members.append("\"calibration\":" + calibration.json) }
    if let intervals { members.append("\"bootstrap\":" + Self.json(of: intervals)) }
    if let errors { members.append("\"errors\":" + errors.json) }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func counts(_ score: EntityScore) -> String {
    "\"gold\":\(score.gold),\"predicted\":\(score.predicted),\"correct\":\(score.truePositives)"
  }

  private static func json(of intervals: BootstrapIntervals) -> String {
    func json(_ measures: BootstrapIntervals.MeasureIntervals) -> String {
      let fields = [
        ("precision", measures.precision), ("recall", measures.recall), ("f1", measures.f1),
      ].map { "\"\($0.0)\":[\($0.1.low),\($0.1.high)]" }
      return "{" + fields.joined(separator: ",") + "}"
    }
    let labels = intervals.labels.map { JSONText.quoted($0.label) + ":" + json($0.measures) }
    return "{\"resamples\":\(intervals.resamples),\"seed\":\(intervals.seed),"
      + "\"level\":\(BootstrapIntervals.level),\"micro\":\(json(intervals.micro)),"
      + "\"macro\":\(json(intervals.macro)),\"weighted\":\(json(intervals.weighted)),"
      + "\"labels\":{" + labels.joined(separator: ",") + "}}"
  }
}

extension JSONText {
  /// The text as a JSON string.
  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
