import PTuning
import Tasks

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
    case .questions(let count):
      try require((1...1_000_000).contains(count), "--batch-questions", "1 to 1000000", count)
    }
    for (option, rate) in [
      ("--learning-rate", learningRate), ("--head-learning-rate", headLearningRate),
    ] {
      try require(rate.isFinite && rate >= 0, option, "a number of at least 0", rate)
    }
    if search != .none {
      // Rates of 0 stay 0, whatever they are multiplied by.
      let rate = search == .both ? max(learningRate, headLearningRate) : learningRate
      try require(
        rate > 0, "--learning-rate auto", "something trained at a rate above 0", "nothing")
    }
    try require((0...1).contains(restarts), "--restarts", "0 or 1", restarts)
    try require((0...1).contains(warmup), "--warmup", "a share from 0 to 1", warmup)
    for (option, rate) in [
      ("--dropout", dropout), ("--encoder-dropout", encoderDropout),
      ("--deep-dropout", prompt.deep?.dropout ?? 0),
    ] {
      try require((0..<1).contains(rate), option, "0 up to, not including, 1", rate)
    }
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
    if let deep = prompt.deep {
      try require((1...4096).contains(deep.rows), "--deep-prompt", "0 to 4096", deep.rows)
      try require(
        (0..<1024).contains(deep.firstLayer), "--deep-first-layer", "a layer of the encoder",
        deep.firstLayer)
      try require(
        (1...8192).contains(deep.reparameterizationSize), "--deep-reparameterization-size",
        "1 to 8192", deep.reparameterizationSize)
      try require(
        deep.deviation.isFinite && deep.deviation >= 0, "--deep-deviation",
        "a number of at least 0", deep.deviation)
    }
    if let answering {
      let rows = answering.windowRows
      try require((64...1 << 16).contains(rows), "--window", "at least 64 rows", rows)
      try require(
        (0...rows / 2).contains(answering.stride), "--stride",
        "0 to \(rows / 2), half of a window's rows", answering.stride)
      try require(
        (1...1000).contains(answering.maximumWords), "--answer-words", "1 to 1000",
        answering.maximumWords)
    }
    try require(patience.map { $0 > 0 } ?? true, "--patience", "at least 1", patience ?? 0)
  }
}
