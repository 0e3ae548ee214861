import Foundation

/// How often spans are right against how sure the tagger was of them (DeGroot and Fienberg 1983;
/// Niculescu-Mizil and Caruana 2005): on the diagonal a confidence is what it says.
public struct ReliabilityDiagram: Sendable {
  private let report: CalibrationReport
  private let name: String

  /// - Parameter name: of what was evaluated, for the title.
  public init(_ report: CalibrationReport, name: String) {
    self.report = report
    self.name = name
  }

  private static let width = 560.0
  private static let left = 76.0
  private static let right = 536.0

  /// An SVG file.
  public var svg: String {
    let title = "Reliability of \(name)"
    var svg = SVGDocument(width: Self.width, height: 716, title: title, summary: summary)
    svg.text(.title, PlotText.shortened(title, to: 56), at: (24, 32))
    svg.text(.subtitle, subtitle, at: (24, 53))
    drawLegend(in: &svg)
    drawAccuracies(in: &svg)
    drawCounts(in: &svg)
    return svg.text
  }

  private var subtitle: String {
    guard let error = report.expectedError else { return "no spans were predicted" }
    var text =
      "expected calibration error \(PlotText.percent(error)) % over "
      + PlotText.counted(report.count, "predicted span")
    if let temperature = report.temperature {
      text += String(format: ", temperature %.2f", temperature)
    }
    return text
  }

  /// The diagram in words.
  private var summary: String {
    let bins = report.bins.filter { $0.count > 0 }.map { bin in
      "confidence \(Self.range(bin)): \(PlotText.counted(bin.count, "span")), "
        + "\(PlotText.percent(bin.accuracy ?? 0)) % right, mean confidence "
        + "\(PlotText.percent(bin.confidence ?? 0)) %"
    }
    return ([subtitle] + bins).joined(separator: "; ") + "."
  }

  private static func range(_ bin: CalibrationReport.Bin) -> String {
    String(format: "%g-%g %%", 100 * bin.from, 100 * bin.to)
  }

  private func drawLegend(in svg: inout SVGDocument) {
    let y = 78.0
    svg.rectangle(.bar, from: (Self.left, y - 9), to: (Self.left + 14, y + 1))
    svg.text(.label, "how much is right", at: (Self.left + 20, y))
    svg.rectangle(.gap, from: (Self.left + 138, y - 9), to: (Self.left + 152, y + 1))
    svg.text(.label, "gap to mean confidence", at: (Self.left + 158, y))
    svg.line(.guide, from: (Self.left + 332, y - 4), to: (Self.left + 358, y - 4))
    svg.text(.label, "as it should be", at: (Self.left + 364, y))
  }

  private func drawAccuracies(in svg: inout SVGDocument) {
    let panel = PlotPanel(
      x: 0...100, y: 0...100, left: Self.left, right: Self.right, top: 98, bottom: 528)
    let ticks = PlotTicks(0...100, count: 10)
    panel.drawAxes(in: &svg, xTicks: ticks, xLabel: nil, yTicks: ticks, yLabel: "spans right (%)")
    for bin in report.bins {
      guard let accuracy = bin.accuracy, let confidence = bin.confidence else { continue }
      let (from, to) = Self.sides(bin, panel)
      let hint =
        "\(Self.range(bin)): \(PlotText.percent(accuracy)) % of "
        + "\(PlotText.counted(bin.count, "span")) right, mean confidence "
        + "\(PlotText.percent(confidence)) %"
      svg.rectangle(
        .bar, from: (from, panel.y(0)), to: (to, panel.y(100 * accuracy)), hint: hint)
      svg.rectangle(
        .gap, from: (from, panel.y(100 * accuracy)), to: (to, panel.y(100 * confidence)),
        hint: hint)
    }
    svg.line(.guide, from: panel.place(0, 0), to: panel.place(100, 100))
  }

  private func drawCounts(in svg: inout SVGDocument) {
    let most = Double(report.bins.map(\.count).max() ?? 0)
    // Room for the numbers above the bars.
    let panel = PlotPanel(
      x: 0...100, y: 0...max(1, 1.2 * most), left: Self.left, right: Self.right, top: 552,
      bottom: 664)
    panel.drawAxes(
      in: &svg, xTicks: PlotTicks(0...100, count: 10), xLabel: "confidence (%)",
      yTicks: PlotTicks(0...max(1, most), count: 3, isWhole: true), yLabel: "spans")
    for bin in report.bins where bin.count > 0 {
      let (from, to) = Self.sides(bin, panel)
      let top = panel.y(Double(bin.count))
      svg.rectangle(.bar, from: (from, panel.y(0)), to: (to, top))
      svg.text(.count, "\(bin.count)", at: ((from + to) / 2, top - 4), anchor: .middle)
    }
  }

  /// Bars leave a little room between them.
  private static func sides(
    _ bin: CalibrationReport.Bin, _ panel: PlotPanel
  ) -> (from: Double, to: Double) {
    (panel.x(100 * bin.from) + 1.5, panel.x(100 * bin.to) - 1.5)
  }
}

/// Words and figures of plots.
enum PlotText {
  /// `12.3`, of a fraction.
  static func percent(_ fraction: Double) -> String { String(format: "%.1f", 100 * fraction) }

  /// `1 span`, `2 spans`
  static func counted(_ count: Int, _ name: String) -> String {
    "\(count) \(name)\(count == 1 ? "" : "s")"
  }

  /// At most so many scalars, and a sign where some were left out.
  static func shortened(_ text: String, to count: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > count else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(count - 1))) + "…"
  }
}
