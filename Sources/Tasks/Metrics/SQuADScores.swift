public import Corpora

/// Scores of answers to the questions of a SQuAD file, by the official evaluations of version 1.1
/// and 2.0. All figures are in percent.
public struct SQuADScores: Hashable, Sendable {
  /// The rules of either evaluation.
  public enum Version: Hashable, Sendable {
    /// Each question has an answer; a missing prediction scores 0.
    case v1
    /// Questions may have no answer; a missing prediction is left out.
    case v2
  }

  /// The scores of some of the questions.
  public struct Figures: Hashable, Sendable {
    public var exact: Double
    public var f1: Double
    public var total: Int
  }

  /// The best figures that a threshold for "no answer" could give.
  public struct Best: Hashable, Sendable {
    public var exact: Double
    public var exactThreshold: Double
    public var f1: Double
    public var f1Threshold: Double
  }

  public var version: Version
  public var all: Figures
  /// Questions with an answer; nil in version 1.1 and where there is none.
  public var withAnswer: Figures?
  /// Questions without an answer; nil in version 1.1 and where there is none.
  public var withoutAnswer: Figures?
  /// Where there are probabilities for "no answer".
  public var best: Best?
  /// How many questions have no prediction.
  public var missing: Int
  /// How many predictions are of no question.
  public var unknown: Int

  /// The scores of predictions.
  ///
  /// - Parameters:
  ///   - likeliest: what each prediction is where it must not be that there is no answer, which the best figures are of; the
  ///     predictions themselves, as in the official evaluation, unless said.
  ///   - probabilities: that a question has no answer, for each question with a prediction; in
  ///     version 2.0 alone.
  ///   - threshold: from which probability on a prediction counts as "no answer".
  public init(
    gold paragraphs: [Passage], version: Version, predicted: SQuADPredictions<String>,
    likeliest: SQuADPredictions<String>? = nil, probabilities: SQuADPredictions<Double>? = nil,
    threshold: Double = 1
  ) {
    self.version = version
    var answers = Self.scores(paragraphs, version: version, predicted)
    missing = answers.count { $0.scores == nil }
    let ids = Set(answers.map(\.id))
    unknown = predicted.values.count { !ids.contains(Array($0.id.utf8)) }
    guard version == .v2 else {
      all = Self.figures(answers[...]) ?? Figures(exact: 0, f1: 0, total: 0)
      return
    }
    let raw = likeliest.map { Self.scores(paragraphs, version: version, $0) } ?? answers
    for index in answers.indices {
      guard let probability = probabilities?[answers[index].id], probability > threshold else {
        continue
      }
      let score = answers[index].hasAnswer ? 0.0 : 1
      if answers[index].scores != nil { answers[index].scores = (score, score) }
    }
    let given = answers.filter { $0.scores != nil }
    all = Self.figures(given[...]) ?? Figures(exact: 0, f1: 0, total: 0)
    withAnswer = Self.figures(given.filter(\.hasAnswer)[...])
    withoutAnswer = Self.figures(given.filter { !$0.hasAnswer }[...])
    if let probabilities {
      let exact = Self.best(raw, probabilities) { $0.exact }
      let f1 = Self.best(raw, probabilities) { $0.f1 }
      best = Best(
        exact: exact.score, exactThreshold: exact.threshold, f1: f1.score,
        f1Threshold: f1.threshold)
    }
  }

  // MARK: Questions

  private struct Answered {
    var id: [UInt8]
    var hasAnswer: Bool
    /// Whether the prediction has any text.
    var isEmpty: Bool
    /// nil without a prediction.
    var scores: (exact: Double, f1: Double)?
  }

  private static func scores(
    _ paragraphs: [Passage], version: Version, _ predicted: SQuADPredictions<String>
  ) -> [Answered] {
    var answers: [Answered] = []
    var places: [[UInt8]: Int] = [:]
    for question in paragraphs.lazy.flatMap(\.questions) {
      let id = Array(question.id.utf8)
      let prediction = predicted[id]
      let answered = Answered(
        id: id, hasAnswer: !question.answers.isEmpty, isEmpty: prediction?.isEmpty ?? true,
        scores: prediction.map { scores($0, of: question.answers.map(\.text), version: version) })
      // In version 2.0 a question that comes twice counts once, as it is last.
      if version == .v2, let place = places[id] {
        answers[place] = answered
      } else {
        places[id] = answers.count
        answers.append(answered)
      }
    }
    return answers
  }

  /// Whether a prediction is exactly right, by version 2.0, where an empty one means that there is no answer.
  public static func isExact(_ prediction: String, of answers: [String]) -> Bool {
    scores(prediction, of: answers, version: .v2).exact == 1
  }

  /// The best scores of a prediction over the right answers.
  static func scores(
    _ prediction: String, of answers: [String], version: Version
  ) -> (exact: Double, f1: Double) {
    let tokens = SQuADNormalization.tokens(of: prediction)
    var golds = answers.map(SQuADNormalization.tokens)
    if version == .v2 {
      golds.removeAll(where: \.isEmpty)
      if golds.isEmpty { golds = [[]] }
    }
    var best = (exact: 0.0, f1: 0.0)
    for gold in golds {
      if gold == tokens { best.exact = 1 }
      best.f1 = max(best.f1, f1(tokens, gold, version: version))
    }
    return best
  }

  private static func f1(
    _ prediction: [SQuADNormalization.Token], _ gold: [SQuADNormalization.Token],
    version: Version
  ) -> Double {
    if version == .v2, prediction.isEmpty || gold.isEmpty { return prediction == gold ? 1 : 0 }
    var counts: [SQuADNormalization.Token: Int] = [:]
    for token in gold { counts[token, default: 0] += 1 }
    var same = 0
    for token in prediction {
      guard let count = counts[token], count > 0 else { continue }
      counts[token] = count - 1
      same += 1
    }
    guard same > 0 else { return 0 }
    let precision = Double(same) / Double(prediction.count)
    let recall = Double(same) / Double(gold.count)
    return 2 * precision * recall / (precision + recall)
  }

  // MARK: Sums

  private static func figures(_ answers: ArraySlice<Answered>) -> Figures? {
    guard !answers.isEmpty else { return nil }
    let total = Double(answers.count)
    return Figures(
      exact: 100 * answers.reduce(0) { $0 + ($1.scores?.exact ?? 0) } / total,
      f1: 100 * answers.reduce(0) { $0 + ($1.scores?.f1 ?? 0) } / total, total: answers.count)
  }

  /// Goes through the questions from the surest of an answer on, as if all others had none.
  private static func best(
    _ answers: [Answered], _ probabilities: SQuADPredictions<Double>,
    _ score: ((exact: Double, f1: Double)) -> Double
  ) -> (score: Double, threshold: Double) {
    let places = Dictionary(
      answers.indices.map { (answers[$0].id, $0) }, uniquingKeysWith: { $1 })
    var current = Double(answers.count { !$0.hasAnswer })
    var best = current
    var threshold = 0.0
    // Of equal probabilities the first in the file comes first.
    let order = probabilities.values.enumerated().sorted { left, right in
      (left.element.value, left.offset) < (right.element.value, right.offset)
    }
    for (_, (id, probability)) in order {
      guard let place = places[Array(id.utf8)], let scores = answers[place].scores else { continue }
      if answers[place].hasAnswer {
        current += score(scores)
      } else if !answers[place].isEmpty {
        current -= 1
      }
      if current > best {
        best = current
        threshold = probability
      }
    }
    let total = answers.count { $0.scores != nil }
    return (total > 0 ? 100 * best / Double(total) : 0, threshold)
  }
}
