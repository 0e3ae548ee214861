import Corpora
import Foundation

extension NERScores {
  /// The scores as a table for people: percent with two decimals, the label's counts behind them.
  ///
  ///     label     precision  recall     f1  gold  predicted  correct
  ///     LOC           50.00   66.67  57.14     3          4        2
  ///
  ///     micro         50.00   66.67  57.14     3          4        2
  ///     macro         50.00   66.67  57.14
  ///     weighted      50.00   66.67  57.14
  ///
  /// The last line ends without a line break.
  public var table: String {
    let labels = labels
    var rows = [["label", "precision", "recall", "f1", "gold", "predicted", "correct"]]
    rows += labels.map { Self.cells(TextTable.name($0.label), $0.score.percentages, $0.score) }
    if !labels.isEmpty { rows.append([]) }
    rows.append(Self.cells("micro", micro.percentages, micro))
    rows.append(Self.cells("macro", Self.percent(macro)))
    rows.append(Self.cells("weighted", Self.percent(weighted)))

    return TextTable.lines(rows).joined(separator: "\n")
  }

  private static func cells(
    _ name: String, _ measures: Measures, _ score: EntityScore? = nil
  ) -> [String] {
    let percentages = [measures.precision, measures.recall, measures.f1]
    let counts = score.map { [$0.gold, $0.predicted, $0.truePositives] } ?? []
    return [name] + percentages.map { String(format: "%.2f", $0) } + counts.map(String.init)
  }

  private static func percent(_ fractions: Measures) -> Measures {
    Measures(
      precision: 100 * fractions.precision, recall: 100 * fractions.recall,
      f1: 100 * fractions.f1)
  }

  /// The scores as one line of JSON, fractions in 0...1, keys always in this order:
  ///
  ///     {"micro":{"precision":…,"recall":…,"f1":…},"macro":{…},"weighted":{…},
  ///      "labels":{"LOC":{"precision":…,"recall":…,"f1":…,"support":3}}}
  ///
  /// A label's support is its number of gold spans. Numbers have the digits that give back the same
  /// Double.
  public var json: String {
    "{" + jsonMembers + "}"
  }

  /// The members of that object.
  var jsonMembers: String {
    let labels = labels.map {
      JSONText.quoted($0.label) + ":{"
        + Self.jsonFields($0.score.measures) + ",\"support\":\($0.score.gold)}"
    }
    let means = [("micro", micro.measures), ("macro", macro), ("weighted", weighted)].map {
      "\"\($0.0)\":{\(Self.jsonFields($0.1))}"
    }
    return means.joined(separator: ",") + ",\"labels\":{" + labels.joined(separator: ",") + "}"
  }

  private static func jsonFields(_ measures: Measures) -> String {
    "\"precision\":\(measures.precision),\"recall\":\(measures.recall),\"f1\":\(measures.f1)"
  }
}
