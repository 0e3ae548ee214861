public import Encoders
public import Foundation
import Kernels
import PTuning
import Tasks
public import Tokenization

/// Trains an adapter: prompts, reparameterization and head over a frozen encoder.
///
/// Every random choice is drawn from a stream named by the seed and its place in the run, so an
/// interrupted run that is resumed makes the same adapter as one that was not.
public struct Trainer: Sendable {
  /// What a trainer is given beside the corpus.
  public struct Setup: Sendable {
    public var configuration: TrainingConfiguration
    public var encoder: FrozenEncoder
    public var tokenizer: WordpieceTokenizer
    /// What the adapter remembers of the encoder.
    public var encoderName: String
    public var encoderPath: String
    public var encoderSHA256: String
    /// The folder that the adapter is saved to.
    public var output: URL
    public var threads: Int
    /// Whether to go on from what `output` holds.
    public var resumes: Bool
    /// A save is made after so many seconds within an epoch, beside the one at its end.
    public var secondsBetweenSaves: Double = 300
    /// What of the configuration was chosen from the data, and why, for the log.
    public var choices: String?

    public init(
      configuration: TrainingConfiguration, encoder: FrozenEncoder,
      tokenizer: WordpieceTokenizer, encoderFolder: EncoderFolder, encoderSHA256: String,
      output: URL, threads: Int, resumes: Bool = false
    ) {
      self.configuration = configuration
      self.encoder = encoder
      self.tokenizer = tokenizer
      encoderName = encoderFolder.name
      encoderPath = encoderFolder.url.standardizedFileURL.path
      self.encoderSHA256 = encoderSHA256
      self.output = output
      self.threads = threads
      self.resumes = resumes
    }
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// The epoch whose adapter was kept, from 1; nil where none was finished.
    public var bestEpoch: Int?
    /// Its F1 on the dev corpus, a fraction.
    public var bestF1: Double?
    /// The share of exact answers there; nil for other tasks.
    public var bestExact: Double?
    /// Whether all epochs were done, or patience ended; false where it was interrupted.
    public var isFinished: Bool
    /// How often the run began again.
    public var restarts: Int
    /// Whether the best epoch is one of before that.
    public var isBestEarlier: Bool
  }

  let setup: Setup
  var task: any TrainingTask
  let plan: BatchPlan
  let schedule: LearningRateSchedule
  var saver: AdapterSaver
  var model: AdapterModel
  var optimiser: AdamW
  var progress: TrainingState.Progress
  var log: TrainingLog
  let initialWeights: InitialWeights
  /// Rates that work for what is trained.
  let usualRates: LearningRates
  let lossLimits: LossWatch.Limits
  let collapseLimits: CollapseWatch.Limits

  /// Lays out the corpora and draws the initial weights, or reads them where the run resumes.
  ///
  /// - Throws: `TrainingError`, `AdapterError`, `TemplateError`, `LayoutError`, `TagSetError`.
  public init(_ setup: Setup, _ corpora: TrainingCorpora) throws {
    let configuration = setup.configuration
    try configuration.check()
    try setup.encoder.check(vocabularyOf: setup.tokenizer, path: setup.encoderPath)
    task = try corpora.task(setup)
    plan = BatchPlan(
      size: configuration.batchSize, weights: task.exampleWords, seed: configuration.seed)
    schedule = LearningRateSchedule(
      totalSteps: plan.stepCount(epochs: configuration.epochs), warmup: configuration.warmup)
    let template = try setup.template(fields: task.adapter.task.fields)
    model = try AdapterModel(setup, adapter: task.adapter, template: template)
    optimiser = AdamW(weightDecay: configuration.weightDecay)
    progress = TrainingState.Progress(
      configuration: configuration, threads: setup.threads,
      engine: setup.encoder.arithmetic.engine, corpus: task.fingerprint, epoch: 0, step: 0,
      optimiserStep: 0, lossSum: 0, losses: 0, isFinished: false, rates: configuration.rates)
    saver = AdapterSaver(folder: AtomicFolder(setup.output), configuration: task.adapter)
    log = TrainingLog()
    initialWeights = InitialWeights(model)
    usualRates = TrainingDefaults.rates(
      template: template.template, prompt: configuration.prompt)
    lossLimits = LossWatch.Limits(
      chanceLoss: task.chanceLoss, totalSteps: schedule.totalSteps)
    collapseLimits = CollapseWatch.Limits(chanceLoss: task.chanceLoss, schedule: schedule)
    self.setup = setup
    if setup.resumes { try resume() }
  }

  private mutating func resume() throws {
    let adapter = try Adapter(folder: setup.output)
    let state = try TrainingState(folder: setup.output, model: model) { progress, path in
      try progress.checkResumable(
        configuration: setup.configuration, threads: setup.threads, corpus: task.fingerprint,
        encoder: (adapter.configuration.encoder.sha256, setup.encoderSHA256),
        precision: (adapter.configuration.precision, setup.encoder.arithmetic.precision),
        engine: setup.encoder.arithmetic.engine)
      try progress.checkPlace(plan: plan, trainingWords: task.counts.trainingWords, path: path)
    }
    state.restore(&model)
    optimiser = AdamW(
      weightDecay: setup.configuration.weightDecay, step: state.progress.optimiserStep,
      moments: state.moments)
    progress = state.progress
    log = try TrainingLog(folder: setup.output)
    if progress.bestEpoch != nil { saver.best = adapter }
  }

  /// Trains until all epochs are done, patience ends, or the caller asks to stop.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after every step but the last; a run that stops is saved and can be
  ///     resumed.
  ///   - report: told what happens.
  /// - Throws: `TrainingError.notFinite` where training diverges, `AdapterError` where saving fails.
  public mutating func run(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void
  ) throws -> Outcome {
    let lock = try saver.folder.prepare()
    defer { withExtendedLifetime(lock) {} }
    let configuration = setup.configuration
    report(
      .began(
        TrainingPlan(
          counts: task.counts, trainedValues: model.parameterCount,
          softRows: model.prompt.embedding.value.rows,
          deepRows: setup.configuration.prompt.deep?.rows ?? 0,
          epochs: configuration.epochs, batchSize: configuration.batchSize, rates: progress.rates,
          search: progress.hasFoundRates ? .none : configuration.search,
          arithmetic: setup.encoder.arithmetic, choices: setup.choices,
          totalSteps: schedule.totalSteps,
          stepsDone: progress.optimiserStep)))
    if progress.isFinished {
      report(.warning("the run has ended, after epoch \(progress.epoch): nothing is left to do"))
    }
    var clock = StepClock(secondsBetweenSaves: setup.secondsBetweenSaves)
    guard try findRates(shouldStop: shouldStop, report: report) else {
      try save(report)
      return outcome
    }
    while !progress.isFinished, progress.epoch < configuration.epochs {
      switch try runEpoch(&clock, shouldStop: shouldStop, report: report) {
      case .restarted: continue
      case .stopped:
        if let trouble = weightTrouble { _ = try begunAgain(after: trouble, report) }
        try save(report)
        return outcome
      case .ended: break
      }
      let isBegunAgain = try endEpoch(clock, report: report)
      // The epoch's end is saved; an epoch of a single step has no other place to stop.
      if !progress.isFinished, shouldStop() {
        if isBegunAgain { try save(report) }
        return outcome
      }
    }
    return outcome
  }

  var outcome: Outcome {
    Outcome(
      bestEpoch: progress.bestEpoch, bestF1: progress.bestF1,
      bestExact: progress.bestExact, isFinished: progress.isFinished,
      restarts: progress.restarts, isBestEarlier: progress.isBestEarlier)
  }

  /// Why the steps of an epoch are over.
  private enum Pause { case ended, stopped, restarted }

  /// The steps of one epoch that are left.
  private mutating func runEpoch(
    _ clock: inout StepClock, shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> Pause {
    let batches = plan.batches(epoch: progress.epoch)
    while progress.step < batches.count {
      let batch = batches[progress.step]
      clock.begin()
      let trouble = update(batch)
      clock.end(words: batch.reduce(0) { $0 + task.exampleWords[$1] })
      if let trouble, try begunAgain(after: trouble, report) { return .restarted }
      progress.step += 1
      report(
        .step(
          StepProgress(
            epoch: progress.epoch + 1, epochs: setup.configuration.epochs, step: progress.step,
            steps: batches.count, loss: progress.lossSum / Double(max(1, progress.losses)),
            wordsPerSecond: clock.wordsPerSecond,
            secondsLeft: clock.secondsPerStep
              * Double(schedule.totalSteps - progress.optimiserStep),
            devF1: progress.lastF1)))
      if progress.step < batches.count {
        if shouldStop() { return .stopped }
        if clock.isSaveDue {
          if let trouble = weightTrouble, try begunAgain(after: trouble, report) {
            return .restarted
          }
          try save(report)
        }
      }
    }
    return .ended
  }

  /// One step: gradients, clipping, AdamW.
  private mutating func update(_ batch: [Int]) -> Trouble? {
    let (loss, norm) = gradients(of: batch, for: "", at: (progress.epoch, progress.step))
    guard loss.isFinite, norm.isFinite else {
      return .notFinite(loss.isFinite ? "gradient" : "loss", step: progress.step + 1)
    }
    let (factor, rates) = (schedule.factor(step: progress.optimiserStep), progress.rates)
    optimiser.update(&model, threads: setup.threads) { factor * rates.rate(of: $0) }
    progress.optimiserStep = optimiser.step
    let losses = batch.reduce(0) { $0 + task.lossCount(of: $1) }
    progress.lossSum += loss * Double(losses)
    progress.losses += losses
    return progress.lossWatch.add(loss, limits: lossLimits)
      ? .diverged(loss: progress.lossWatch.mean) : nil
  }

  /// The loss of a batch, and its clipped gradients in the model with their norm before.
  ///
  /// - Parameters:
  ///   - purpose: "" in training; of anything else a word, for which other numbers are drawn.
  ///   - place: epoch and step, or what else counts.
  mutating func gradients(
    of batch: [Int], for purpose: String, at place: (Int, Int)
  ) -> (loss: Double, norm: Float) {
    let configuration = setup.configuration
    let loss = task.gradients(of: &model, batch: batch) { name, shard in
      RandomStream(
        seed: configuration.seed, purpose: purpose + name, place.0, place.1, shard)
    }
    let norm = GradientClipping.clip(
      &model, maximum: configuration.maximumGradientNorm, threads: setup.threads)
    return (loss, norm)
  }

  /// Weights that are no numbers must take no good adapter's place.
  private var weightTrouble: Trouble? {
    var isFinite = model.folded().prompts.isFinite
    var model = model
    model.visitParameters { isFinite = isFinite && $0.value.isFinite }
    return isFinite ? nil : .notFinite("weight", step: progress.step)
  }

  /// Evaluates, keeps the best, saves; true where the run has begun again.
  private mutating func endEpoch(
    _ clock: StepClock, report: (TrainingEvent) -> Void
  ) throws -> Bool {
    if let trouble = weightTrouble, try begunAgain(after: trouble, report) { return true }
    let found = evaluate(report)
    if !found.isFinite,
      try begunAgain(after: .notFinite("score", step: progress.step), report)
    {
      return true
    }
    let scores = hasDev ? found : nil
    progress.epoch += 1
    progress.step = 0
    // Without a dev corpus the last epoch is the best; so it is among epochs that found nothing.
    let isBest = scores.map { $0.f1 > progress.bestF1 ?? 0 || progress.bestF1 ?? 0 == 0 } ?? true
    if isBest {
      progress.bestEpoch = progress.epoch
      progress.bestF1 = scores?.f1
      progress.isBestEarlier = false
      progress.bestExact = scores?.exact
      saver.best = saver.adapter(
        model,
        outcome: .init(epoch: progress.epoch, devF1: scores?.f1, devExact: scores?.exact)
      ) { if hasDev { task.settle(&$0) } }
    }
    progress.lastF1 = scores?.f1
    let sinceBest = progress.epoch - (progress.isBestEarlier ? 0 : progress.bestEpoch ?? 0)
    let patienceEnds = setup.configuration.patience.map { sinceBest >= $0 } ?? false
    progress.isFinished = patienceEnds || progress.epoch == setup.configuration.epochs
    let summary = EpochSummary(
      epoch: progress.epoch, steps: progress.optimiserStep,
      loss: progress.lossSum / Double(max(1, progress.losses)), devPrecision: scores?.precision,
      devRecall: scores?.recall, devF1: scores?.f1,
      devExact: scores?.exact, isBest: isBest,
      wordsPerSecond: clock.wordsPerSecond, seconds: clock.seconds)
    progress.lossSum = 0
    progress.losses = 0
    log.add(summary)
    report(.epoch(summary))
    let isCollapsed = progress.collapseWatch.add(
      .init(
        steps: summary.steps, loss: summary.loss,
        predicted: found.predicted, gold: found.gold), limits: collapseLimits)
    if isCollapsed, try begunAgain(after: .collapsed, report) { return true }
    try save(report)
    return false
  }

  /// The scores on the dev corpus; where there is none, on some of the training corpus.
  private mutating func evaluate(_ report: (TrainingEvent) -> Void) -> DevScores {
    if hasDev { report(.evaluating(words: task.counts.devWords)) }
    let scores = task.evaluate(model.folded())
    if hasDev, scores.predicted == 0 {
      report(
        .warning(
          "epoch \(progress.epoch + 1): on the dev corpus \(task.collapse); if this lasts, try other "
            + "learning rates"))
    }
    return scores
  }

  private var hasDev: Bool { task.counts.dev > 0 }

  mutating func save(_ report: (TrainingEvent) -> Void) throws {
    let state = TrainingState(progress: progress, model: model, optimiser: optimiser)
    try saver.save(model: model, state: state, log: log)
    report(.saved(epoch: progress.epoch))
  }
}
