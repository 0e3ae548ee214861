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
    case .findingLearningRates(let step, let steps):
      if isBar { drawBar("looking for learning rates: step \(step) of at most \(steps)") }
    case .foundLearningRates(let finding): say(Self.text(finding))
    case .epoch(let summary): say(Self.text(summary))
    case .restarted(let restart):
      clear()
      common.warn(Self.text(restart))
    case .saved: break
    case .warning(let text):
      clear()
      common.warn(text)
    }
  }

  mutating func show(_ event: Trials.Event) {
    switch event {
    case .began(let seed, let index, let count):
      say("trial \(index + 1) of \(count), seed \(seed)")
    case .training(let event): show(event)
    case .ended(let trial):
      if let failure = trial.failure {
        clear()
        common.warn("seed \(trial.seed): \(failure)")
      }
      say(Self.text(trial))
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
    let score =
      (outcome.isBestEarlier ? " of before the restart" : "")
      + (outcome.bestF1.map {
        ", dev\(Self.exact(outcome.bestExact)) F1 \(Self.percent($0))"
      } ?? "")
    say("saved \(output): epoch \(epoch)\(score)")
    guard common.json else { return }
    try StandardOutput.write(
      line: JSONOutput.object([
        ("epoch", .integer(epoch)), ("devF1", outcome.bestF1.map { .number($0) } ?? .null),
        ("devExact", outcome.bestExact.map { .number($0) } ?? .null),
        ("restarts", .integer(outcome.restarts)),
      ]).line)
  }

  mutating func finish(_ summary: TrialSummary, output: String) throws {
    clear()
    guard let best = summary.best else { return }
    for line in Self.table(summary) { say(line) }
    say("saved \(output): seed \(best.seed), epoch \(best.epoch ?? 0)")
    guard common.json else { return }
    try StandardOutput.write(line: Self.json(summary, best: best).line)
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
}
