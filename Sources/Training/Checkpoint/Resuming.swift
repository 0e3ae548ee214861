import PTuning
import Tasks

extension TrainingState.Progress {
  /// Makes sure that a run continues as it began: any other option or corpus would give neither the
  /// adapter of the old settings nor that of the new.
  ///
  /// - Throws: `TrainingError.differs`, which names the first difference.
  func checkResumable(
    configuration now: TrainingConfiguration, threads: Int, corpus: String,
    encoder: (then: String, now: String)
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
    try same("--epochs", then.epochs, now.epochs)
    try same("the size of a batch", then.batchSize.text, now.batchSize.text)
    try same("--learning-rate", then.learningRate, now.learningRate)
    try same("--head-learning-rate", then.headLearningRate, now.headLearningRate)
    try same("--warmup", then.warmup, now.warmup)
    try same("--weight-decay", then.weightDecay, now.weightDecay)
    try same("--clip", then.maximumGradientNorm, now.maximumGradientNorm)
    try same("--dropout", then.dropout, now.dropout)
    try same("--patience", then.patience, now.patience)
    try same("--decoding", then.decoding, now.decoding)
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
      && (0...trainingWords).contains(words) && lossSum.isFinite
      && (bestEpoch.map { (1...max(1, epoch)).contains($0) } ?? true)
      && (bestEpoch == nil) == (epoch == 0)
    guard isPlace else {
      throw AdapterError(
        .malformed, path: path, expected: "a place in a run of \(configuration.epochs) epochs",
        found: "epoch \(epoch), step \(step), update \(optimiserStep)")
    }
  }
}

extension TrainingConfiguration.BatchSize {
  fileprivate var text: String {
    switch self {
    case .words(let count): "--batch-words \(count)"
    case .sentences(let count): "--batch-sentences \(count)"
    }
  }
}

extension TrainingConfiguration {
  /// Refuses values that cannot train.
  ///
  /// - Throws: `TrainingError.outOfRange`, which names the option.
  public func check() throws(TrainingError) {
    func require(_ holds: Bool, _ option: String, _ expected: String, _ found: some Any)
      throws(TrainingError)
    {
      guard holds else { throw .outOfRange(option: option, expected: expected, found: "\(found)") }
    }
    try require((1...10_000).contains(epochs), "--epochs", "1 to 10000", epochs)
    switch batchSize {
    case .words(let count):
      try require((1...10_000_000).contains(count), "--batch-words", "1 to 10000000", count)
    case .sentences(let count):
      try require((1...1_000_000).contains(count), "--batch-sentences", "1 to 1000000", count)
    }
    for (option, rate) in [
      ("--learning-rate", learningRate), ("--head-learning-rate", headLearningRate),
    ] {
      try require(rate.isFinite && rate >= 0, option, "a number of at least 0", rate)
    }
    try require((0...1).contains(warmup), "--warmup", "a share from 0 to 1", warmup)
    try require((0..<1).contains(dropout), "--dropout", "0 up to, not including, 1", dropout)
    try require(
      (0..<1).contains(prompt.reparameterizationDropout), "--reparameterization-dropout",
      "0 up to, not including, 1", prompt.reparameterizationDropout)
    try require(
      prompt.reparameterizationSize.map { (1...8192).contains($0) } ?? true,
      "--reparameterization-size", "1 to 8192", prompt.reparameterizationSize ?? 0)
    try require(
      weightDecay.isFinite && weightDecay >= 0, "--weight-decay", "a number of at least 0",
      weightDecay)
    try require(
      maximumGradientNorm.isFinite && maximumGradientNorm > 0, "--clip",
      "a finite number above 0", maximumGradientNorm)
    try require(
      prompt.deviation.isFinite && prompt.deviation >= 0, "the prompts' deviation",
      "a number of at least 0", prompt.deviation)
    try require(patience.map { $0 > 0 } ?? true, "--patience", "at least 1", patience ?? 0)
  }
}
