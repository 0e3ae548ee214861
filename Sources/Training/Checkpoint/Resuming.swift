import Kernels
import PTuning
import Tasks

extension TrainingState.Progress {
  /// Makes sure that a run continues as it began: any other option or corpus would give neither the
  /// adapter of the old settings nor that of the new.
  ///
  /// - Throws: `TrainingError.differs`, which names the first difference.
  func checkResumable(
    configuration now: TrainingConfiguration, threads: Int, corpus: String,
    encoder: (then: String, now: String), precision: (then: Precision, now: Precision),
    engine engineNow: ProductEngine
  ) throws(TrainingError) {
    let then = configuration
    // Compared as bytes: strings are equal where only their normal forms differ.
    func same(_ what: String, _ before: some Any, _ after: some Any) throws(TrainingError) {
      guard !"\(before)".utf8.elementsEqual("\(after)".utf8) else { return }
      throw .differs(what: what, then: "\(before)", now: "\(after)")
    }
    func same<Value>(_ what: String, _ before: Value?, _ after: Value?) throws(TrainingError) {
      try same(what, before.map { "\($0)" } ?? "none", after.map { "\($0)" } ?? "none")
    }
    try same("the encoder", encoder.then, encoder.now)
    try same("--precision", precision.then, precision.now)
    try same("--engine", engine, engineNow)
    try same("the engine of what is trained", trainedEngine, Product.fastest)
    try same("the corpus (its SHA-256)", self.corpus, corpus)
    // Sums are formed thread by thread: another number gives other last bits.
    try same("--threads", self.threads, threads)
    try same("--template", then.template, now.template)
    try same(
      "--reparameterization", then.prompt.reparameterization, now.prompt.reparameterization)
    try same(
      "--reparameterization-size", then.prompt.reparameterizationSize,
      now.prompt.reparameterizationSize)
    try same(
      "--reparameterization-dropout", then.prompt.reparameterizationDropout,
      now.prompt.reparameterizationDropout)
    let (deepThen, deepNow) = (then.prompt.deep, now.prompt.deep)
    try same("--deep-prompt", deepThen?.rows, deepNow?.rows)
    try same("--deep-first-layer", deepThen?.firstLayer, deepNow?.firstLayer)
    try same(
      "--deep-reparameterization", deepThen?.reparameterization, deepNow?.reparameterization)
    try same("--deep-dropout", deepThen?.dropout, deepNow?.dropout)
    try same("--deep-positions", deepThen?.positions, deepNow?.positions)
    try same("--prompt-init", deepThen?.initialisation, deepNow?.initialisation)
    try same("--shape", then.prompt.usesShapes, now.prompt.usesShapes)
    try same("--biases", then.prompt.usesBiases, now.prompt.usesBiases)
    try same("--layers", then.headLayers, now.headLayers)
    try same("--pooling", then.headPooling, now.headPooling)
    try same("--epochs", then.epochs, now.epochs)
    try same("the size of a batch", then.batchSize.text, now.batchSize.text)
    try same("--learning-rate", then.learningRateText, now.learningRateText)
    try same("--head-learning-rate", then.headLearningRate, now.headLearningRate)
    try same("--warmup", then.warmup, now.warmup)
    try same("--weight-decay", then.weightDecay, now.weightDecay)
    try same("--clip", then.maximumGradientNorm, now.maximumGradientNorm)
    try same("--dropout", then.dropout, now.dropout)
    try same("--encoder-dropout", then.encoderDropout, now.encoderDropout)
    try same("--patience", then.patience, now.patience)
    try same("--restarts", then.restarts, now.restarts)
    try same("--decoding", then.decoding, now.decoding)
    try same("--window", then.answering?.windowRows, now.answering?.windowRows)
    try same("--stride", then.answering?.stride, now.answering?.stride)
    try same("--answer-words", then.answering?.maximumWords, now.answering?.maximumWords)
    try same("--seed", then.seed, now.seed)
    guard then != now else { return }
    throw .differs(what: "the options", then: "\(then)", now: "\(now)")
  }
}

extension TrainingState.Progress {
  /// Makes sure that a saved place is one of the run's own, so that a damaged file cannot send it
  /// anywhere else.
  func checkPlace(plan: BatchPlan, trainingWords: Int, path: String) throws(AdapterError) {
    let isPlace =
      (0...configuration.epochs).contains(epoch) && step >= 0
      && step <= (epoch < configuration.epochs ? plan.batches(epoch: epoch).count : 0)
      && optimiserStep == plan.stepCount(epochs: epoch) + step
      && (0...trainingWords).contains(losses) && lossSum.isFinite
      && isBestPlausible && isAttemptPlausible
    guard isPlace else {
      throw AdapterError(
        .malformed, path: path, expected: "a place in a run of \(configuration.epochs) epochs",
        found: "epoch \(epoch), step \(step), update \(optimiserStep)")
    }
  }

  /// Where a run has begun again, the best epoch may be one of before.
  private var isBestPlausible: Bool {
    guard let bestEpoch else { return epoch == 0 && !isBestEarlier }
    guard isBestEarlier else { return epoch > 0 && (1...epoch).contains(bestEpoch) }
    return restarts > 0 && (1...configuration.epochs).contains(bestEpoch)
  }

  private var isAttemptPlausible: Bool {
    (0...configuration.restarts).contains(restarts) && rates.prompt.isFinite && rates.prompt >= 0
      && rates.head.isFinite && rates.head >= 0 && lossWatch.isPlausible
      && collapseWatch.silentEpochs >= 0 && collapseWatch.silentEpochs <= epoch
      // Rates are looked for before the first step.
      && (configuration.search == .none ? !hasFoundRates : hasFoundRates || optimiserStep == 0)
  }
}

extension TrainingConfiguration {
  fileprivate var learningRateText: String {
    search == .none ? "\(learningRate)" : "auto"
  }
}
