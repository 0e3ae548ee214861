import Foundation

/// Loss, and what was measured on the dev corpus (precision, recall, F1; exact answers), epoch by epoch.
public struct LearningCurves: Sendable {
  private let history: TrainingHistory
  private let name: String
  private let kept: TrainingHistory.Epoch?

  /// - Parameters:
  ///   - name: of what was trained, for the title.
  ///   - keptEpoch: the epoch that the adapter is of; nil: the last of the best so far.
  public init(_ history: TrainingHistory, name: String, keptEpoch: Int? = nil) {
    self.history = history
    self.name = name
    kept =
      history.epochs.first { $0.epoch == keptEpoch } ?? history.epochs.last { $0.isBest }
  }

  private static let width = 640.0
  private static let left = 76.0
  private static let right = 616.0

  /// An SVG file.
  public var svg: String {
    let title = "Learning curves of \(name)"
    let hasScores = history.epochs.contains { $0.f1 != nil }
    var svg = SVGDocument(
      width: Self.width, height: hasScores ? 600 : 340, title: title, summary: summary)
    svg.text(.title, PlotText.shortened(title, to: 64), at: (24, 32))
    svg.text(.subtitle, subtitle, at: (24, 53))
    if hasScores {
      drawLegend(in: &svg)
      drawScores(in: &svg, top: 98, bottom: 338)
      drawLoss(in: &svg, top: 366, bottom: 548)
    } else {
      drawLoss(in: &svg, top: 80, bottom: 288)
    }
    return svg.text
  }

  private var subtitle: String {
    var parts = [PlotText.counted(history.epochs.count, "epoch")]
    if let kept {
      parts.append(
        "kept: epoch \(kept.epoch)" + (kept.f1.map { " with F1 \(PlotText.percent($0)) %" } ?? ""))
    }
    if !history.epochs.contains(where: { $0.f1 != nil }) { parts.append("no dev corpus") }
    if history.restarts > 0 {
      parts.append("begun anew \(history.restarts == 1 ? "once" : "\(history.restarts) times")")
    }
    return parts.joined(separator: ", ")
  }

  /// The curves in words.
  private var summary: String {
    guard let first = history.epochs.first, let last = history.epochs.last else {
      return subtitle + "."
    }
    func said(_ epoch: TrainingHistory.Epoch) -> String {
      String(format: "epoch %d: loss %.4f", epoch.epoch, epoch.loss)
        + (measures.dropFirst() + measures.prefix(1)).compactMap { measure in
          measure.value(epoch).map { ", \(measure.name) \(PlotText.percent($0)) %" }
        }.joined()
    }
    return ([subtitle, said(first)] + (history.epochs.count > 1 ? [said(last)] : []))
      .joined(separator: "; ") + "."
  }

  /// One curve of the upper panel.
  private struct Measure {
    let role: SVGDocument.Role
    let name: String
    let value: @Sendable (TrainingHistory.Epoch) -> Double?
  }

  /// What there is to draw, the most important first.
  private var measures: [Measure] {
    let f1 = Measure(role: .first, name: "F1") { $0.f1 }
    if history.epochs.contains(where: { $0.exact != nil }) {
      return [f1, Measure(role: .second, name: "exact") { $0.exact }]
    }
    return [
      f1, Measure(role: .second, name: "precision") { $0.precision },
      Measure(role: .third, name: "recall") { $0.recall },
    ]
  }

  private func drawLegend(in svg: inout SVGDocument) {
    let y = 78.0
    var x = Self.left
    for measure in measures {
      svg.line(measure.role, from: (x, y - 4), to: (x + 28, y - 4))
      svg.text(.label, measure.name, at: (x + 34, y))
      x += 116
    }
  }

  private func drawScores(in svg: inout SVGDocument, top: Double, bottom: Double) {
    let values = measures.flatMap { measure in history.epochs.compactMap(measure.value) }
    let least = 100 * (values.min() ?? 0)
    let most = 100 * (values.max() ?? 1)
    // Curves that begin low are seen from 0 on.
    let low = least < 30 ? 0 : min(90, (least / 10).rounded(.down) * 10)
    let round = PlotTicks.rounded(low...max(low + 10, most), count: 5)
    let domain = round.lowerBound...min(100, round.upperBound)
    let panel = PlotPanel(
      x: epochs, y: domain, left: Self.left, right: Self.right, top: top, bottom: bottom)
    panel.drawAxes(
      in: &svg, xTicks: epochTicks, xLabel: nil,
      yTicks: PlotTicks(domain, count: 5), yLabel: "dev (%)")
    drawKept(in: &svg, panel)
    // The first is drawn last, above the others.
    for measure in measures.reversed() {
      let points = history.epochs.compactMap { epoch in
        measure.value(epoch).map { (x: Double(epoch.epoch), y: 100 * $0) }
      }
      panel.drawCurve(measure.role, points, in: &svg)
    }
  }

  private func drawLoss(in svg: inout SVGDocument, top: Double, bottom: Double) {
    let losses = history.epochs.map(\.loss)
    let low = min(0, losses.min() ?? 0)
    let most = losses.max() ?? 1
    let domain = PlotTicks.rounded(low...(most > low ? most : low + 1), count: 5)
    let panel = PlotPanel(
      x: epochs, y: domain, left: Self.left, right: Self.right, top: top, bottom: bottom)
    panel.drawAxes(
      in: &svg, xTicks: epochTicks, xLabel: "epoch", yTicks: PlotTicks(domain, count: 5),
      yLabel: "loss (nats)")
    drawKept(in: &svg, panel)
    panel.drawCurve(.first, history.epochs.map { (x: Double($0.epoch), y: $0.loss) }, in: &svg)
  }

  private func drawKept(in svg: inout SVGDocument, _ panel: PlotPanel) {
    guard let kept else { return }
    let x = panel.x(Double(kept.epoch))
    svg.line(.guide, from: (x, panel.y.start), to: (x, panel.y.end))
    let isRight = x > (Self.left + Self.right) / 2
    svg.text(
      .note, "kept", at: (x + (isRight ? -6 : 6), panel.y.end + 12),
      anchor: isRight ? .end : .start)
  }

  /// From the first to the last, and at least one wide.
  private var epochs: ClosedRange<Double> {
    let first = Double(history.epochs.first?.epoch ?? 1)
    let last = Double(history.epochs.last?.epoch ?? 1)
    return first < last ? first...last : first - 1...first + 1
  }

  private var epochTicks: PlotTicks { PlotTicks(epochs, count: 10, isWhole: true) }
}
