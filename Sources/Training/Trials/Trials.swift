public import Foundation
import Tasks

/// Trains the same thing from several seeds, one after another, and keeps what is best on dev.
///
/// Each trial has a folder beside the output, `OUTPUT.trials/seed-N`, until all have ended; then the
/// best becomes the output, with the scores of all in `trials.json`, and the folders are removed.
public struct Trials: Sendable {
  /// What trials tell while they run.
  public enum Event: Sendable {
    /// A trial begins or goes on; the index counts from 0.
    case began(seed: UInt64, index: Int, count: Int)
    case training(TrainingEvent)
    case ended(Trial)
  }

  /// How the trials ended.
  public struct Outcome: Sendable {
    public var summary: TrialSummary
    /// False where they were interrupted.
    public var isFinished: Bool
  }

  private let setup: Trainer.Setup
  private let count: Int
  private let folders: TrialFolders

  /// - Parameters:
  ///   - setup: of the first trial; the others have the seeds that follow.
  ///   - count: how many trials.
  /// - Throws: `TrainingError.outOfRange`.
  public init(_ setup: Trainer.Setup, count: Int) throws(TrainingError) {
    guard (1...1000).contains(count) else {
      throw .outOfRange(option: "--trials", expected: "1 to 1000", found: "\(count)")
    }
    self.setup = setup
    self.count = count
    folders = TrialFolders(output: setup.output)
  }

  /// Where the trials of an output are until all have ended.
  public static func folder(ofOutput output: URL) -> URL { TrialFolders(output: output).url }

  /// Runs what is left of the trials.
  ///
  /// - Parameters:
  ///   - corpora: the same for all trials; dev chooses the best epoch and the best seed.
  ///   - shouldStop: asked after every step; what stops can be resumed.
  /// - Throws: as `Trainer`; a trial that diverges is an error only where no trial has a score.
  public func run(
    _ corpora: TrainingCorpora, shouldStop: () -> Bool = { false },
    report: (Event) -> Void
  ) throws -> Outcome {
    guard corpora.hasDev else {
      throw TrainingError.outOfRange(
        option: "--trials", expected: "a dev corpus to choose by, given or held out",
        found: "none")
    }
    let lock = try folders.output.prepare()
    defer { withExtendedLifetime(lock) {} }
    if setup.resumes, !folders.exists {
      return try ended(corpora)
    }
    if !setup.resumes { try folders.remove() }

    var trials: [Trial] = []
    var failure: (any Error)?
    for index in 0..<count {
      var setup = setup
      setup.configuration.seed &+= UInt64(index)
      let seed = setup.configuration.seed
      setup.output = folders.folder(seed: seed)
      setup.resumes = self.setup.resumes && folders.hasTrial(seed: seed)
      report(.began(seed: seed, index: index, count: count))
      var trainer = try Trainer(setup, corpora)
      let trial: Trial
      do {
        let outcome = try trainer.run(shouldStop: shouldStop) { report(.training($0)) }
        guard outcome.isFinished else {
          return Outcome(summary: TrialSummary(trials), isFinished: false)
        }
        trial = Trial(seed, outcome)
      } catch let error as TrainingError {
        guard case .notFinite = error else { throw error }
        failure = error
        trial = Trial(seed, trainer.outcome, failure: "\(error)")
      }
      trials.append(trial)
      report(.ended(trial))
    }
    let summary = TrialSummary(trials)
    guard let best = summary.bestSeed else {
      try? folders.remove()
      throw failure ?? TrainingError.noSentences(corpus: "--dev")
    }
    let coder = JSONEncoder()
    coder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let json = try coder.encode(summary) + Data("\n".utf8)
    try folders.output.save(folders.files(seed: best) + [(TrialSummary.file, json)])
    try folders.remove()
    return Outcome(summary: summary, isFinished: true)
  }

  /// The outcome of trials that have all ended before, where they were those of the same options.
  private func ended(_ corpora: TrainingCorpora) throws -> Outcome {
    let output = folders.output.url
    let file = output.appendingPathComponent(TrialSummary.file)
    guard let json = try? Data(contentsOf: file) else {
      throw AdapterError(
        .missing, path: output.path, expected: "trials to resume, in \(folders.url.path)",
        found: "none")
    }
    guard let summary = try? JSONDecoder().decode(TrialSummary.self, from: json),
      let first = summary.trials.first, let best = summary.bestSeed
    else {
      throw AdapterError(
        .malformed, path: file.path, expected: "the scores of trials", found: "something else")
    }
    func same(_ what: String, _ then: some Equatable, _ now: some Equatable)
      throws(TrainingError)
    {
      guard "\(then)" != "\(now)" else { return }
      throw .differs(what: what, then: "\(then)", now: "\(now)")
    }
    try same("--trials", summary.trials.count, count)
    try same("--seed", first.seed, setup.configuration.seed)
    var setup = setup
    setup.configuration.seed = best
    _ = try Trainer(setup, corpora)
    return Outcome(summary: summary, isFinished: true)
  }
}

extension Trial {
  fileprivate init(_ seed: UInt64, _ outcome: Trainer.Outcome, failure: String? = nil) {
    self.init(
      seed: seed, epoch: outcome.bestEpoch, devF1: outcome.bestF1, devExact: outcome.bestExact,
      restarts: outcome.restarts,
      failure: failure)
  }
}
