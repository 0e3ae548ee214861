import Foundation

/// The way from what is measured to a place along an axis.
struct PlotScale {
  let domain: ClosedRange<Double>
  /// Where the domain's ends are drawn.
  let start: Double
  let end: Double

  /// A domain of no width is widened, so that it has a place.
  init(_ domain: ClosedRange<Double>, from start: Double, to end: Double) {
    let isNarrow = domain.upperBound - domain.lowerBound < 1e-9
    self.domain = isNarrow ? domain.lowerBound - 0.5...domain.upperBound + 0.5 : domain
    self.start = start
    self.end = end
  }

  /// The place of a value; one outside the domain is at its end.
  func callAsFunction(_ value: Double) -> Double {
    let within = min(max(value, domain.lowerBound), domain.upperBound)
    let fraction = (within - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return start + (end - start) * fraction
  }
}

/// The marks of an axis: multiples of 1, 2 or 5 times a power of ten.
struct PlotTicks {
  let values: [Double]
  /// How many decimals tell them apart.
  let decimals: Int

  /// - Parameters:
  ///   - domain: of finite ends.
  ///   - count: about how many there are to be.
  ///   - isWhole: whether only whole numbers will do.
  init(_ domain: ClosedRange<Double>, count: Int, isWhole: Bool = false) {
    let raw = max((domain.upperBound - domain.lowerBound) / Double(max(count, 1)), 1e-9)
    let power = Int(log10(raw).rounded(.down))
    let unit = pow(10, Double(power))
    let digit = [1.0, 2, 5].first { $0 * unit >= raw * (1 - 1e-9) } ?? 10
    var step = digit * unit
    if isWhole { step = max(1, step.rounded()) }
    decimals = isWhole ? 0 : max(0, digit == 10 ? -power - 1 : -power)
    let first = Int((domain.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((domain.upperBound / step + 1e-9).rounded(.down))
    values = first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// The least domain that ends at marks and holds this one.
  static func rounded(_ domain: ClosedRange<Double>, count: Int) -> ClosedRange<Double> {
    let ticks = PlotTicks(domain, count: count)
    guard let first = ticks.values.first, let last = ticks.values.last, ticks.values.count > 1
    else { return domain }
    let step = ticks.values[1] - first
    let low = domain.lowerBound < first - step * 1e-6 ? first - step : first
    let high = domain.upperBound > last + step * 1e-6 ? last + step : last
    return low...high
  }

  func text(_ value: Double) -> String {
    // Minus zero is written as zero.
    String(format: "%.\(decimals)f", value == 0 ? 0 : value)
  }
}

/// A rectangle of a drawing with two axes.
struct PlotPanel {
  let x: PlotScale
  let y: PlotScale

  /// - Parameters:
  ///   - left, right: where the x axis begins and ends.
  ///   - top, bottom: where the y axis ends and begins.
  init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, left: Double, right: Double, top: Double,
    bottom: Double
  ) {
    self.x = PlotScale(x, from: left, to: right)
    self.y = PlotScale(y, from: bottom, to: top)
  }

  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (self.x(x), self.y(y)) }

  /// Draws the grid, the axes, their marks and what they are of.
  ///
  /// - Parameter xLabel: nil for an axis whose marks stand under another panel.
  func drawAxes(
    in svg: inout SVGDocument, xTicks: PlotTicks, xLabel: String?, yTicks: PlotTicks,
    yLabel: String
  ) {
    for value in yTicks.values {
      svg.line(.grid, from: (x.start, y(value)), to: (x.end, y(value)))
      svg.text(.tick, yTicks.text(value), at: (x.start - 8, y(value) + 4), anchor: .end)
    }
    for value in xTicks.values {
      svg.line(.axis, from: (x(value), y.start), to: (x(value), y.start + 4))
      guard xLabel != nil else { continue }
      svg.text(.tick, xTicks.text(value), at: (x(value), y.start + 17), anchor: .middle)
    }
    svg.line(.axis, from: (x.start, y.start), to: (x.end, y.start))
    svg.line(.axis, from: (x.start, y.start), to: (x.start, y.end))
    if let xLabel {
      svg.text(.label, xLabel, at: ((x.start + x.end) / 2, y.start + 38), anchor: .middle)
    }
    svg.text(
      .label, yLabel, at: (x.start - 46, (y.start + y.end) / 2), anchor: .middle, turned: true)
  }

  /// Draws a curve through points, each a dot where there are few.
  func drawCurve(
    _ role: SVGDocument.Role, _ points: [(x: Double, y: Double)], in svg: inout SVGDocument
  ) {
    guard !points.isEmpty else { return }
    let shown = Self.thinned(points).map { place($0.x, $0.y) }
    if shown.count > 1 { svg.polyline(role, shown) }
    guard shown.count <= 40 else { return }
    for point in shown { svg.circle(role, at: point, radius: 2.5) }
  }

  /// At most a thousand points, the first and the last among them: no screen shows more.
  static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let limit = 1000
    guard points.count > limit else { return points }
    return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
  }
}
