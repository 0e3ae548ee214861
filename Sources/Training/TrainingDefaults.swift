public import Corpora
public import PTuning

/// How much there is to train on.
public struct CorpusSize: Hashable, Sendable {
  /// What is counted.
  public enum Unit: String, Hashable, Sendable {
    /// Sentences that have words.
    case sentences
    /// Questions, each with its passage.
    case questions
  }

  public var unit: Unit
  public var count: Int
  public var words: Int

  public init(sentences: Int, words: Int) {
    unit = .sentences
    count = sentences
    self.words = words
  }

  /// - Parameter words: of the questions' passages, one for each question.
  public init(questions: Int, words: Int) {
    unit = .questions
    count = questions
    self.words = words
  }

  public init(_ corpus: [Sentence]) {
    self.init(
      sentences: corpus.count { !$0.words.isEmpty },
      words: corpus.reduce(0) { $0 + $1.words.count })
  }

  /// Words are estimated by the passages' lengths, six bytes each.
  public init(_ corpus: [Passage]) {
    self.init(
      questions: corpus.reduce(0) { $0 + $1.questions.count },
      words: corpus.reduce(0) { $0 + $1.questions.count * ($1.context.utf8.count / 6) })
  }

  /// What is supposed where nothing is known.
  public static let middling = CorpusSize(sentences: 1000, words: 20_000)
}

/// How to train where the user does not say: sizes from the number of sentences, rates from what is
/// trained. `docs/training.md` has the reasons.
public struct TrainingDefaults: Hashable, Sendable {
  /// One row of a table: what holds from so many sentences or questions on.
  struct Row: Hashable, Sendable {
    let from: Int
    /// Sentences or questions of one step.
    let batch: Int
    let epochs: ClosedRange<Int>
    /// Key and value rows of each layer, where deep prompts are trained.
    let deepRows: Int
  }

  /// From the largest corpus to the smallest.
  static let sentences = [
    Row(from: 3000, batch: 16, epochs: 8...8, deepRows: 32),
    Row(from: 500, batch: 16, epochs: 8...40, deepRows: 32),
    Row(from: 100, batch: 8, epochs: 14...60, deepRows: 16),
    Row(from: 0, batch: 4, epochs: 14...60, deepRows: 16),
  ]
  /// The same of questions, of which each teaches less: where one answer begins and ends.
  static let questions = [
    Row(from: 3000, batch: 16, epochs: 6...6, deepRows: 32),
    Row(from: 500, batch: 16, epochs: 6...20, deepRows: 32),
    Row(from: 0, batch: 8, epochs: 10...30, deepRows: 16),
  ]
  /// Within a row's epochs, as many as make about this number of steps.
  static let steps = 1000
  /// The share of all steps in which the rates rise.
  public static let warmup = 0.06

  public let corpus: CorpusSize
  public let batchSize: TrainingConfiguration.BatchSize
  public let epochs: Int
  public let rates: LearningRates
  public let deepRows: Int
  private let row: Row

  /// - Parameter batchSize: where the user says it; the number of epochs follows from it.
  public init(
    corpus: CorpusSize, template: Template, prompt: PromptConfiguration,
    batchSize: TrainingConfiguration.BatchSize? = nil
  ) {
    self.corpus = corpus
    let row = Self.row(for: corpus)
    self.row = row
    let batchSize =
      batchSize ?? (corpus.unit == .sentences ? .sentences(row.batch) : .questions(row.batch))
    self.batchSize = batchSize
    let (count, size) =
      switch batchSize {
      case .words(let words): (corpus.words, words)
      case .sentences(let count), .questions(let count): (corpus.count, count)
      }
    let stepsOfEpoch = max(1, (count - 1) / max(1, size) + 1)
    let epochs = (Self.steps - 1) / stepsOfEpoch + 1
    self.epochs = min(max(epochs, row.epochs.lowerBound), row.epochs.upperBound)
    rates = Self.rates(template: template, prompt: prompt)
    deepRows = row.deepRows
  }

  /// Keys and values of each layer.
  public static func deepRows(for corpus: CorpusSize) -> Int {
    row(for: corpus).deepRows
  }

  private static func row(for corpus: CorpusSize) -> Row {
    let table = corpus.unit == .sentences ? sentences : questions
    return table.first { corpus.count >= $0.from } ?? table[0]
  }

  /// Learning rates that work, by what is trained; `docs/results.md` has the measurements.
  public static func rates(template: Template, prompt: PromptConfiguration) -> LearningRates {
    if let deep = prompt.deep {
      // What goes through a network moves further in one step.
      let ofDeep: Float = deep.reparameterization == .none ? 1e-2 : 3e-3
      return LearningRates(
        prompt: template.hasReparameterized(prompt) ? 1e-3 : ofDeep, head: 3e-3)
    }
    guard template.elements.contains(where: \.isSoft) else {
      let trainsBelow = prompt.usesShapes || prompt.usesBiases
      return LearningRates(prompt: trainsBelow ? 1e-2 : 0, head: 5e-3)
    }
    return switch prompt.reparameterization {
    case .lstm, .mlp: LearningRates(prompt: 1e-3, head: 1e-3)
    // Additions to biases, which have the same rate, learn next to nothing at one that suits rows alone.
    case .none:
      prompt.usesBiases
        ? LearningRates(prompt: 2e-3, head: 2e-3) : LearningRates(prompt: 1e-2, head: 3e-3)
    }
  }

  /// What the user left to the defaults.
  public struct Choices: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let epochs = Choices(rawValue: 1)
    public static let batchSize = Choices(rawValue: 2)
    public static let deepRows = Choices(rawValue: 4)
  }

  /// What was chosen and why, for the log; nil where nothing was.
  public func text(_ choices: Choices) -> String? {
    var parts: [String] = []
    if choices.contains(.deepRows) { parts.append("\(deepRows) deep prompts") }
    if choices.contains(.batchSize) { parts.append("batches of \(batchSize.text)") }
    if choices.contains(.epochs) {
      let reason =
        if row.epochs.count == 1 || epochs == row.epochs.lowerBound {
          ""
        } else if epochs == row.epochs.upperBound {
          " (the most; for \(Self.steps) steps there are too few)"
        } else {
          " (for about \(Self.steps) steps)"
        }
      parts.append("\(epochs) epochs\(reason)")
    }
    guard !parts.isEmpty else { return nil }
    return "chosen for \(corpus.count) \(corpus.unit.rawValue): \(parts.joined(separator: ", "))"
  }
}

extension TrainingConfiguration.BatchSize {
  /// Such as "16 sentences".
  public var text: String {
    switch self {
    case .words(let count): "\(count) words"
    case .sentences(let count): "\(count) sentence\(count == 1 ? "" : "s")"
    case .questions(let count): "\(count) question\(count == 1 ? "" : "s")"
    }
  }
}

extension Template {
  /// Whether there are soft rows that an LSTM or MLP produces.
  fileprivate func hasReparameterized(_ prompt: PromptConfiguration) -> Bool {
    prompt.reparameterization != .none && elements.contains(where: \.isSoft)
  }
}

extension Template.Element {
  fileprivate var isSoft: Bool {
    switch self {
    case .soft, .softText: true
    case .words, .field, .special: false
    }
  }
}
