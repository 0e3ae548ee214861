import Foundation

extension SQuADScores {
  /// The scores as a table for people.
  ///
  ///                exact     f1  total
  ///     HasAns     74.11  80.18   5928
  ///     NoAns      83.36  83.36   5945
  ///     all        78.74  81.78  11873
  ///
  /// The last line ends without a line break.
  public var table: String {
    var rows = [["", "exact", "f1", "total"]]
    if let withAnswer { rows.append(Self.cells("HasAns", withAnswer)) }
    if let withoutAnswer { rows.append(Self.cells("NoAns", withoutAnswer)) }
    rows.append(Self.cells("all", all))
    if let best {
      rows.append(["best", Self.percent(best.exact), Self.percent(best.f1)])
      rows.append(
        [
          "threshold", String(format: "%.4f", best.exactThreshold),
          String(format: "%.4f", best.f1Threshold),
        ])
    }
    let widths = (0..<4).map { column in
      rows.compactMap { column < $0.count ? $0[column].utf8.count : nil }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: cell.1 - cell.0.utf8.count)
        return column == 0 ? cell.0 + blanks : blanks + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private static func cells(_ name: String, _ figures: Figures) -> [String] {
    [name, percent(figures.exact), percent(figures.f1), String(figures.total)]
  }

  private static func percent(_ value: Double) -> String { String(format: "%.2f", value) }

  /// The scores as one line of JSON, with the names and figures of the official evaluation, in
  /// percent: `exact`, `f1`, `total`; for version 2.0 `HasAns_exact` and its like; with
  /// probabilities for "no answer" `best_exact`, `best_exact_thresh`, `best_f1`, `best_f1_thresh`.
  public var json: String {
    var fields = Self.fields("", all)
    if let withAnswer { fields += Self.fields("HasAns_", withAnswer) }
    if let withoutAnswer { fields += Self.fields("NoAns_", withoutAnswer) }
    if let best {
      fields += [
        "\"best_exact\":\(best.exact)", "\"best_exact_thresh\":\(best.exactThreshold)",
        "\"best_f1\":\(best.f1)", "\"best_f1_thresh\":\(best.f1Threshold)",
      ]
    }
    return "{" + fields.joined(separator: ",") + "}"
  }

  private static func fields(_ prefix: String, _ figures: Figures) -> [String] {
    [
      "\"\(prefix)exact\":\(figures.exact)", "\"\(prefix)f1\":\(figures.f1)",
      "\"\(prefix)total\":\(figures.total)",
    ]
  }
}
