import Foundation
import Testing

@testable import Tasks

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Drawings: what they hold, and that any XML reader takes them.
struct PlotTests {
  /// An element, where it stands and what it holds.
  struct Element {
    var name: String
    var path: String
    var attributes: [String: String]
    var text = ""

    func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
  }

  struct NotXML: Error {}

  private final class Collector: NSObject, XMLParserDelegate {
    var elements: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      let parent = open.last.map { elements[$0].path } ?? ""
      open.append(elements.count)
      elements.append(Element(name: name, path: parent + "/" + name, attributes: attributes))
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }
  }

  private func elements(_ svg: String) throws -> [Element] {
    let parser = XMLParser(data: Data(svg.utf8))
    let collector = Collector()
    parser.delegate = collector
    guard parser.parse() else { throw NotXML() }
    return collector.elements
  }

  private func shapes(_ svg: String, _ name: String, _ role: String) throws -> [Element] {
    try elements(svg).filter { $0.name == name && $0.attributes["class"] == role }
  }

  private func texts(_ svg: String, _ role: String) throws -> [String] {
    try shapes(svg, "text", role).map(\.text)
  }

  /// Three bins of three, one, and two spans.
  private var report: CalibrationReport {
    var report = CalibrationReport()
    for (confidence, isRight) in [
      (0.15, false), (0.12, true), (0.18, false), (0.75, true), (0.95, true), (0.91, false),
    ] { report.add(confidence: confidence, isRight: isRight) }
    return report
  }

  @Test func aBarForEachBinThatHasSpans() throws {
    var report = report
    report.temperature = 1.3
    let svg = ReliabilityDiagram(report, name: "news").svg
    // In both panels.
    let bars = try shapes(svg, "rect", "bar").filter { $0.number("width") > 20 }
    #expect(bars.count == 6)
    #expect(try shapes(svg, "rect", "gap").filter { $0.number("width") > 20 }.count == 3)
    #expect(try texts(svg, "count") == ["3", "1", "2"])
    #expect(try texts(svg, "title") == ["Reliability of news"])
    let error = String(format: "%.1f", 100 * (report.expectedError ?? 0))
    #expect(
      try texts(svg, "subtitle") == [
        "expected calibration error \(error) % over 6 predicted spans, temperature 1.30"
      ])
    // 0 to 100 by tens on the left, and below.
    #expect(try texts(svg, "tick").filter { $0 == "70" }.count == 2)
    // As high as what is right: 1/3, 1 and 1/2 of the panel's 430.
    let heights = bars.prefix(3).map { $0.number("height") }
    for (height, share) in zip(heights, [1.0 / 3, 1, 0.5]) {
      #expect(abs(height - 430 * share) < 0.01, "\(height)")
    }
    #expect(svg == ReliabilityDiagram(report, name: "news").svg)
  }

  @Test func nothingPredictedIsADiagram() throws {
    let svg = ReliabilityDiagram(CalibrationReport(), name: "none").svg
    #expect(try shapes(svg, "rect", "gap").count == 1, "in the legend")
    #expect(try texts(svg, "subtitle") == ["no spans were predicted"])
  }

  /// Names are text, whatever they hold, and nothing comes from elsewhere.
  @Test func textIsEscaped() throws {
    let name = "a<b>&\"'\u{0}\u{8}\u{FFFF}\n]]></text><script>é🙂"
    let history = TrainingHistory(contents: Data(#"{"epoch":1,"loss":0.5}"#.utf8))
    for svg in [
      ReliabilityDiagram(report, name: name).svg, LearningCurves(history, name: name).svg,
    ] {
      let shown = try #require(try texts(svg, "title").first)
      #expect(shown.hasSuffix("a<b>&\"'\u{FFFD}\u{FFFD}\u{FFFD} ]]></text><script>é🙂"), "\(shown)")
      let paths = try elements(svg).map(\.path)
      #expect(paths.first == "/svg")
      #expect(!paths.contains { $0.hasSuffix("/script") })
      #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("@import"))
      // For screen readers, and for the dark.
      #expect(paths.filter { $0 == "/svg/title" }.count == 1)
      #expect(paths.filter { $0 == "/svg/desc" }.count == 1)
      #expect(svg.contains("prefers-color-scheme: dark"))
    }
  }

  private static let log = """
    {"devF1":0.2,"devPrecision":0.5,"devRecall":0.125,"epoch":1,"isBest":true,"loss":0.8,"x":[1]}
    {"devF1":0.5,"devPrecision":0.6,"devRecall":0.4,"epoch":2,"isBest":true,"loss":0.4}

    {"devF1":0.4,"devPrecision":0.7,"devRecall":0.3,"epoch":3,"isBest":false,"loss":0.2}

    """

  @Test func aPointForEachEpoch() throws {
    let history = TrainingHistory(contents: Data(Self.log.utf8))
    #expect(history.epochs.map(\.epoch) == [1, 2, 3] && history.otherLines.isEmpty)
    #expect(history.epochs[1].f1 == 0.5 && history.epochs[1].recall == 0.4)
    let svg = LearningCurves(history, name: "news").svg
    // F1 and the loss; precision and recall.
    #expect(try shapes(svg, "circle", "first").count == 6)
    #expect(try shapes(svg, "circle", "second").count == 3)
    #expect(try shapes(svg, "circle", "third").count == 3)
    for role in ["first", "second", "third"] {
      for line in try shapes(svg, "polyline", role) {
        let points = line.attributes["points"] ?? ""
        #expect(points.split(separator: " ").count == 3)
      }
    }
    #expect(try texts(svg, "subtitle") == ["3 epochs, kept: epoch 2 with F1 50.0 %"])
    // Epoch 2 stands half-way.
    let guides = try shapes(svg, "line", "guide")
    #expect(guides.map { $0.number("x1") } == [346, 346])
    #expect(try texts(svg, "tick").contains("3"))
    #expect(
      try texts(LearningCurves(history, name: "", keptEpoch: 3).svg, "subtitle")
        == ["3 epochs, kept: epoch 3 with F1 40.0 %"])
  }

  @Test func withoutADevCorpusThereIsTheLoss() throws {
    let history = TrainingHistory(
      contents: Data(#"{"epoch":1,"loss":0,"isBest":true,"devF1":null}"#.utf8))
    let svg = LearningCurves(history, name: "news").svg
    #expect(try shapes(svg, "circle", "first").count == 1)
    #expect(try shapes(svg, "polyline", "first").isEmpty)
    #expect(try texts(svg, "subtitle") == ["1 epoch, kept: epoch 1, no dev corpus"])
  }

  /// The last run counts; what is no epoch is named.
  @Test(arguments: [
    #"{"restart":1,"learningRate":0.001}"#, #"{"event":"restart","epoch":2,"loss":1}"#, "",
  ])
  func knowsRestarts(line: String) {
    let history = TrainingHistory(
      contents: Data(
        (#"{"event":"learning-rate","learningRate":1}"# + "\n" + Self.log + line + "\n"
          + Self.log + "nonsense\n{}\n").utf8))
    #expect(history.epochs.map(\.epoch) == [1, 2, 3])
    #expect(history.restarts == 1)
    #expect(history.otherLines == [11, 12])
  }

  /// Whatever stands in the file, something is drawn that is XML.
  @Test func takesWhatNoTrainingWrites() throws {
    let lines = [
      #"{"epoch":1e300,"loss":1}"#, #"{"epoch":-1,"loss":1}"#, #"{"epoch":1.5,"loss":1}"#,
      #"{"epoch":1,"loss":1e300}"#, #"{"epoch":1,"loss":"x"}"#, "[1]", "\"a\"", "1", "null", "{",
      #"{"epoch":1,"loss":1e999}"#, "\u{FF}",
    ]
    let history = TrainingHistory(contents: Data(lines.joined(separator: "\n").utf8))
    #expect(history.epochs.isEmpty)
    #expect(history.otherLines == Array(1...lines.count))
    #expect(try shapes(LearningCurves(history, name: "").svg, "rect", "paper").count == 1)
    for loss in [-1e9, -3, 0, 1e-9, 1e-3, 0.99999, 12345, 999_999_999] {
      for epochs in [1, 2, 1500] {
        let log = (1...epochs).map { "{\"epoch\":\($0 * 199),\"loss\":\(loss),\"devF1\":1}" }
        let history = TrainingHistory(contents: Data(log.joined(separator: "\n").utf8))
        #expect(history.epochs.count == epochs)
        let svg = LearningCurves(history, name: "many").svg
        #expect(try shapes(svg, "text", "title").count == 1)
        #expect(try elements(svg).count < 200)
        #expect(svg.utf8.count < 60_000)
      }
    }
  }

  @Test(arguments: [
    (0.0...1, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (0.0...100, 10, nil),
    (0.0...0.83, 5, ["0.0", "0.2", "0.4", "0.6", "0.8"]), (3.0...11, 4, ["4", "6", "8", "10"]),
    (-1.0...1, 4, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
  ])
  func marksAreRound(domain: ClosedRange<Double>, count: Int, expected: [String]?) {
    let ticks = PlotTicks(domain, count: count)
    let texts = ticks.values.map(ticks.text)
    #expect(texts == expected ?? (0...10).map { "\(10 * $0)" })
    #expect(PlotTicks(1...3, count: 10, isWhole: true).values == [1, 2, 3])
    #expect(PlotTicks.rounded(0...0.83, count: 5) == 0...1)
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.05, "0.05"), (0.004, "0"), (-0.004, "0"),
    (99.999, "100"), (12.34, "12.34"), (1e6, "1000000"),
  ])
  func placesHaveTwoDecimals(value: Double, text: String) {
    #expect(SVGDocument.number(value) == text)
  }

  @Test func readsAFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-plots-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appendingPathComponent(TrainingHistory.file)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    #expect(try TrainingHistory(folder: folder) == nil)
    try Data(Self.log.utf8).write(to: log)
    #expect(try TrainingHistory(folder: folder)?.epochs.count == 3)
    try FileManager.default.removeItem(at: log)
    try FileManager.default.createDirectory(at: log, withIntermediateDirectories: true)
    #expect(throws: AdapterError.self) { try TrainingHistory(folder: folder) }
  }
}
