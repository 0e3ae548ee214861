import Foundation
import Kernels
import Training

/// What is said of each event.
extension ProgressDisplay {
  static func text(_ plan: TrainingPlan) -> String {
    let resumed = plan.stepsDone > 0 ? ", resuming after step \(plan.stepsDone)" : ""
    var text = """
      \(plan.counts.training) \(plan.counts.unit), \(plan.counts.trainingWords) words; \
      \(plan.counts.dev) dev \(plan.counts.unit); \(plan.counts.detail)
      \(plan.softRows) soft rows, \(plan.deepRows) deep prompts a layer, \(plan.trainedValues) trained values; \
      \(plan.epochs) epochs, \(plan.totalSteps) steps of \(plan.batchSize.text)\(resumed)
      """
    if let choices = plan.choices { text += "\n\(choices)" }
    // A model without prompts has one rate.
    let rates =
      plan.rates.prompt > 0
      ? "learning rates \(rate(plan.rates.prompt)) (prompts) and \(rate(plan.rates.head)) (head)"
      : "learning rate \(rate(plan.rates.head)) (head)"
    return text + "\nproducts in \(plan.arithmetic.text)\n"
      + (plan.search == .none ? rates : "looking for learning rates, beginning from \(rates)")
  }

  static func text(_ finding: LearningRateFinding) -> String {
    let rates =
      "learning rates \(rate(finding.learningRate)) (prompts), "
      + "\(rate(finding.headLearningRate)) (head)"
    return finding.isConclusive
      ? "found \(rates), in \(finding.losses.count) steps"
      : "found no rate at which the loss falls in \(finding.losses.count) steps; taking the usual "
        + rates
  }

  static func text(_ restart: TrainingRestart) -> String {
    "epoch \(restart.epoch), step \(restart.step): \(restart.reason); it begins again, at learning "
      + "rates \(rate(restart.learningRate)) (prompts), \(rate(restart.headLearningRate)) (head)"
  }

  static func text(_ summary: EpochSummary) -> String {
    var line = "epoch \(summary.epoch): loss \(fixed(summary.loss, 4))"
    if let precision = summary.devPrecision, let recall = summary.devRecall, let f1 = summary.devF1
    {
      line += ", dev precision \(percent(precision)) recall \(percent(recall)) F1 \(percent(f1))"
    } else if let f1 = summary.devF1 {
      line += ", dev\(exact(summary.devExact)) F1 \(percent(f1))"
    }
    return line + ", \(Int(summary.wordsPerSecond)) words/s" + (summary.isBest ? " (best)" : "")
  }

  static func text(_ trial: Trial) -> String {
    guard let epoch = trial.epoch, let f1 = trial.devF1 else {
      return "seed \(trial.seed): no score"
    }
    return "seed \(trial.seed): dev\(exact(trial.devExact)) F1 \(percent(f1)), epoch \(epoch)"
  }

  /// The scores of all trials, and what they come to.
  static func table(_ summary: TrialSummary) -> [String] {
    var lines = summary.trials.map { text($0) + ($0.seed == summary.bestSeed ? " (best)" : "") }
    guard let mean = summary.mean else { return lines }
    let scored = summary.trials.count { $0.devF1 != nil }
    lines.append(
      "dev F1 of \(scored) trials: mean \(percent(mean))"
        + (summary.standardDeviation.map { ", standard deviation \(percent($0))" } ?? ""))
    return lines
  }

  static func json(_ summary: TrialSummary, best: Trial) -> JSONOutput {
    func number(_ value: Double?) -> JSONOutput { value.map { .number($0) } ?? .null }
    // A seed may be too large for an integer.
    func seed(_ trial: Trial) -> JSONOutput {
      Int(exactly: trial.seed).map { .integer($0) } ?? .string("\(trial.seed)")
    }
    return .object([
      ("epoch", best.epoch.map { .integer($0) } ?? .null), ("devF1", number(best.devF1)),
      ("devExact", number(best.devExact)),
      ("restarts", .integer(best.restarts)),
      ("seed", seed(best)), ("mean", number(summary.mean)),
      ("standardDeviation", number(summary.standardDeviation)),
      (
        "trials",
        .array(
          summary.trials.map { trial in
            .object([
              ("seed", seed(trial)),
              ("epoch", trial.epoch.map { .integer($0) } ?? .null),
              ("devF1", number(trial.devF1)), ("devExact", number(trial.devExact)),
              ("restarts", .integer(trial.restarts)),
              ("failure", trial.failure.map { .string($0) } ?? .null),
            ])
          })
      ),
    ])
  }

  /// The share of exact answers, where a task has them.
  static func exact(_ fraction: Double?) -> String {
    fraction.map { " exact \(percent($0))" } ?? ""
  }

  static func percent(_ fraction: Double) -> String { fixed(100 * fraction, 2) }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A learning rate in three digits.
  static func rate(_ value: Float) -> String { String(format: "%.3g", Double(value)) }

  static func duration(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    return seconds < 60
      ? "\(seconds) s" : "\(seconds / 60):" + String(format: "%02d", seconds % 60)
  }
}
