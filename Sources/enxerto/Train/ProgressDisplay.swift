import Foundation
import Training

/// Shows a run: a bar on a terminal, plain lines elsewhere.
struct ProgressDisplay {
  private let common: CommonOptions
  private let isBar: Bool
  private var lastShown = ContinuousClock.now
  private var isBarShown = false

  init(_ common: CommonOptions) {
    self.common = common
    isBar = StandardError.isTerminal && !common.quiet
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .began(let plan): say(Self.text(plan))
    case .step(let progress): show(progress)
    case .evaluating(let words):
      if isBar { drawBar("evaluating \(words) words of dev") }
    case .epoch(let summary): say(Self.text(summary))
    case .saved: break
    case .warning(let text):
      clear()
      common.warn(text)
    }
  }

  /// Removes the bar.
  mutating func clear() {
    guard isBarShown else { return }
    StandardError.put("\r\u{1B}[K")
    isBarShown = false
  }

  mutating func finish(_ outcome: Trainer.Outcome, output: String) throws {
    clear()
    guard let epoch = outcome.bestEpoch else { return }
    let score = outcome.bestF1.map { ", dev F1 \(Self.percent($0))" } ?? ""
    say("saved \(output): epoch \(epoch)\(score)")
    guard common.json else { return }
    let f1 = outcome.bestF1.map { "\($0)" } ?? "null"
    try StandardOutput.write(line: "{\"epoch\": \(epoch), \"devF1\": \(f1)}")
  }

  private mutating func say(_ line: String) {
    clear()
    common.say(line)
  }

  private mutating func show(_ progress: StepProgress) {
    let now = ContinuousClock.now
    let isLast = progress.step == progress.steps
    // A terminal is refreshed five times a second; a log gets a line in ten seconds.
    guard isLast || now - lastShown > (isBar ? .milliseconds(200) : .seconds(10)) else { return }
    lastShown = now
    let score = progress.devF1.map { ", dev F1 \(Self.percent($0))" } ?? ""
    let figures =
      "loss \(Self.fixed(progress.loss, 4)), \(Int(progress.wordsPerSecond)) words/s, "
      + "\(Self.duration(progress.secondsLeft)) left\(score)"
    if isBar {
      let share = Double(progress.step) / Double(max(1, progress.steps))
      let filled = Int(share * 20)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
      drawBar("epoch \(progress.epoch)/\(progress.epochs) \(bar) \(figures)")
    } else if !isLast {
      common.say("epoch \(progress.epoch), step \(progress.step)/\(progress.steps): \(figures)")
    }
  }

  private mutating func drawBar(_ text: String) {
    StandardError.put("\r" + String(text.prefix(StandardError.width - 1)) + "\u{1B}[K")
    isBarShown = true
  }

  private static func text(_ plan: TrainingPlan) -> String {
    let resumed = plan.stepsDone > 0 ? ", resuming after step \(plan.stepsDone)" : ""
    return """
      \(plan.trainingSentences) sentences, \(plan.trainingWords) words; \
      \(plan.devSentences) dev sentences; labels \(plan.labels.joined(separator: ", "))
      \(plan.softRows) soft rows, \(plan.trainedValues) trained values; \
      \(plan.epochs) epochs, \(plan.totalSteps) steps\(resumed)
      """
  }

  private static func text(_ summary: EpochSummary) -> String {
    var line = "epoch \(summary.epoch): loss \(fixed(summary.loss, 4))"
    if let precision = summary.devPrecision, let recall = summary.devRecall, let f1 = summary.devF1
    {
      line += ", dev precision \(percent(precision)) recall \(percent(recall)) F1 \(percent(f1))"
    }
    return line + ", \(Int(summary.wordsPerSecond)) words/s" + (summary.isBest ? " (best)" : "")
  }

  private static func percent(_ fraction: Double) -> String { fixed(100 * fraction, 2) }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func duration(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    return seconds < 60
      ? "\(seconds) s" : "\(seconds / 60):" + String(format: "%02d", seconds % 60)
  }
}
