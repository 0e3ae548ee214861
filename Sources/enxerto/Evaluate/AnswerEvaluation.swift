import Corpora
import Inference
import Tasks

/// Scores an adapter's answers to the questions of a corpus.
struct AnswerEvaluation {
  private(set) var predictions = SQuADPredictions<String>()
  private var probabilities = SQuADPredictions<Double>()
  private(set) var calibration = CalibrationReport()
  private(set) var questions = 0
  private(set) var seconds = 0.0
  private(set) var scores = SQuADScores(gold: [], version: .v1, predicted: .init())

  /// Questions that are answered at a time: what is kept of them is their answers.
  private static let questionsOfChunk = 256

  /// - Parameter saysNone: whether the adapter can say that there is no answer.
  init(_ corpus: QuestionCorpus, answerer: inout Answerer, saysNone: Bool) throws {
    let passages = corpus.passages.map { passage in
      var passage = passage
      passage.questions = passage.questions.filter(\.isAnnotated)
      return passage
    }
    let start = ContinuousClock.now
    var chunk: [(passage: Int, question: Question)] = []
    for (index, passage) in passages.enumerated() {
      for question in passage.questions {
        chunk.append((index, question))
        guard chunk.count == Self.questionsOfChunk else { continue }
        try answer(chunk, of: passages, with: &answerer)
        chunk = []
      }
    }
    try answer(chunk, of: passages, with: &answerer)
    seconds = (ContinuousClock.now - start) / .seconds(1)
    let version: SQuADScores.Version = corpus.allowsNoAnswer ? .v2 : .v1
    scores = SQuADScores(
      gold: passages, version: version, predicted: predictions,
      probabilities: version == .v2 && saysNone ? probabilities : nil)
  }

  private mutating func answer(
    _ chunk: [(passage: Int, question: Question)], of passages: [Passage],
    with answerer: inout Answerer
  ) throws {
    let found = try answerer.answers(
      to: chunk.map {
        PassageQuestion(question: $0.question.question, context: passages[$0.passage].context)
      })
    for (item, result) in zip(chunk, found) {
      questions += 1
      let gold = item.question.answers.map(\.text)
      // A question that cannot be asked gets no answer.
      guard case .success(let answers) = result else {
        predictions.set(item.question.id, to: "")
        probabilities.set(item.question.id, to: 1)
        continue
      }
      let text = answers.best?.text(in: passages[item.passage].context) ?? ""
      predictions.set(item.question.id, to: text)
      probabilities.set(item.question.id, to: answers.nullConfidence)
      calibration.add(
        confidence: answers.confidence, isRight: SQuADScores.isExact(text, of: gold))
    }
  }

  /// The answers as the official evaluations read them: one JSON object, a text for each question by its id, empty where
  /// there is no answer.
  var predictionFile: [UInt8] {
    var bytes = Array("{".utf8)
    for (index, entry) in predictions.values.enumerated() {
      bytes += (index > 0 ? ",\n " : "\n ").utf8
      JSONText.append(entry.id, to: &bytes)
      bytes += ": ".utf8
      JSONText.append(entry.value, to: &bytes)
    }
    return bytes + "\n}\n".utf8
  }
}
