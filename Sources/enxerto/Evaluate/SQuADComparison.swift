import ArgumentParser
import Corpora
import Foundation
import Tasks

/// Scores predicted answers to the questions of a SQuAD file.
struct SQuADComparison {
  let scores: SQuADScores

  /// Whether the file of right answers is one of questions, by option or by its beginning.
  ///
  /// A pipe can be read only once, and is not looked into.
  static func isMeant(gold: String, options: CorpusOptions) throws -> Bool {
    if let format = options.format { return format == .squad }
    let type = try? FileManager.default.attributesOfItem(atPath: gold)[.type]
    guard gold != "-", isRegular(type as? FileAttributeType, gold),
      let source = try? ByteSource(.file(gold))
    else { return false }
    if try QuestionFormat.isMeant(by: source) { return true }
    return (try? CorpusReader.detect(source, options: options))?.format == .squad
  }

  private static func isRegular(_ type: FileAttributeType?, _ path: String) -> Bool {
    guard type == .typeSymbolicLink else { return type == .typeRegular }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: target)
    return attributes?[.type] as? FileAttributeType == .typeRegular
  }

  /// - Parameter probabilities: a file with the probability that a question has no answer.
  init(
    gold: String, predicted: String, probabilities: String?, options: CorpusOptions,
    common: CommonOptions
  ) throws {
    let input = CorpusInput(argument: gold)
    let passages =
      if case .file = input, try QuestionFormat.isMeant(by: ByteSource(input)) {
        try QuestionCorpus.read([input], encoding: options.encoding).passages
      } else {
        try SQuADFile(input, encoding: options.encoding).paragraphs
      }
    let questions = ScoredQuestions(passages)
    if questions.unannotated > 0 {
      common.warn(
        "\(gold): \(questions.unannotated) questions without an answer to compare with are left out"
      )
    }
    let version: SQuADScores.Version = questions.passages.allowNoAnswer ? .v2 : .v1
    guard probabilities == nil || version == .v2 else {
      throw ValidationError(
        "--na-prob: expected questions that may have no answer (SQuAD 2.0), found none in \(gold)")
    }
    let answers = SQuADPredictions(
      try SQuADPredictionFile.answers(
        CorpusInput(argument: predicted), encoding: options.encoding))
    let chances = try probabilities.map {
      SQuADPredictions(
        try SQuADPredictionFile.probabilities(
          CorpusInput(argument: $0), encoding: options.encoding))
    }
    if let probabilities, let chances {
      try Self.check(chances, named: probabilities, cover: answers, of: questions.passages)
    }
    scores = SQuADScores(
      gold: questions.passages, version: version, predicted: answers, probabilities: chances)
    guard scores.all.total > 0 else {
      throw CorpusError(
        .empty, file: predicted, expected: "a prediction for a question of \(gold)",
        found: "none")
    }
    if scores.missing > 0 {
      common.warn(
        "\(predicted): \(scores.missing) questions have no prediction and "
          + (version == .v1 ? "score 0" : "are left out"))
    }
    if scores.unknown > 0 {
      common.warn("\(predicted): \(scores.unknown) predictions are of no question in \(gold)")
    }
  }

  private static func check(
    _ chances: SQuADPredictions<Double>, named name: String,
    cover answers: SQuADPredictions<String>, of passages: [Passage]
  ) throws {
    for question in passages.lazy.flatMap(\.questions)
    where answers[question.id] != nil && chances[question.id] == nil {
      throw CorpusError(
        file: name, expected: "a probability for each prediction",
        found: "none for \(question.id)")
    }
  }
}

/// What predictions are scored against: the questions of which the file says the answer, or that there is none.
private struct ScoredQuestions {
  var passages: [Passage]
  /// How many others there are.
  let unannotated: Int

  init(_ all: [Passage]) {
    passages = all
    for index in passages.indices { passages[index].questions.removeAll { !$0.isAnnotated } }
    unannotated =
      all.reduce(0) { $0 + $1.questions.count } - passages.reduce(0) { $0 + $1.questions.count }
  }
}
