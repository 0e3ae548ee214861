import Corpora
import Inference
import Tasks

/// Scores an adapter's answers to the questions of a corpus.
struct AnswerEvaluation {
  /// By the questions' ids: of equal ones the last counts.
  private var predictions = SQuADPredictions<String>()
  /// By the questions' numbers, so that equal ids have scores of their own.
  private var answers = SQuADPredictions<String>()
  private var likeliest = SQuADPredictions<String>()
  private var probabilities = SQuADPredictions<Double>()
  private(set) var calibration = CalibrationReport()
  private(set) var questions = 0
  /// Questions that leave no room for their passage.
  private(set) var unasked = 0
  private(set) var seconds = 0.0
  private(set) var scores = SQuADScores(gold: [], version: .v1, predicted: .init())

  /// How many questions, and bytes of their passages, are worked on at a time: what is kept of them is their answers.
  private static let questionsOfChunk = 256
  private static let bytesOfChunk = 1 << 20

  /// - Parameter saysNone: whether the adapter can say that there is no answer.
  init(_ corpus: QuestionCorpus, answerer: inout Answerer, saysNone: Bool) throws {
    let passages = corpus.passages.map { passage in
      var passage = passage
      passage.questions = passage.questions.filter(\.isAnnotated)
      return passage
    }
    var numbered = passages
    var number = 0
    for index in numbered.indices {
      for question in numbered[index].questions.indices {
        numbered[index].questions[question].id = String(number)
        number += 1
      }
    }
    let start = ContinuousClock.now
    var chunk: [(passage: Int, question: Question)] = []
    var bytes = 0
    for (index, passage) in passages.enumerated() {
      for question in passage.questions {
        chunk.append((index, question))
        bytes += passage.context.utf8.count
        guard chunk.count == Self.questionsOfChunk || bytes >= Self.bytesOfChunk else { continue }
        try answer(chunk, of: passages, with: &answerer)
        (chunk, bytes) = ([], 0)
      }
    }
    try answer(chunk, of: passages, with: &answerer)
    seconds = (ContinuousClock.now - start) / .seconds(1)
    let version: SQuADScores.Version = passages.allowNoAnswer ? .v2 : .v1
    scores = SQuADScores(
      gold: numbered, version: version, predicted: answers, likeliest: likeliest,
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
      let number = String(questions)
      questions += 1
      // A question that cannot be asked gets no answer.
      guard case .success(let found) = result else {
        unasked += 1
        set("", "", for: item.question.id, number, nullProbability: 1)
        continue
      }
      let context = passages[item.passage].context
      let text = found.best?.text(in: context) ?? ""
      set(
        text, found.answers.first?.text(in: context) ?? "", for: item.question.id, number,
        nullProbability: found.nullConfidence)
      calibration.add(
        confidence: found.confidence,
        isRight: SQuADScores.isExact(text, of: item.question.answers.map(\.text)))
    }
  }

  /// - Parameter text: of the answer that is likeliest, though it may be likelier that there is none.
  private mutating func set(
    _ answer: String, _ text: String, for id: String, _ number: String, nullProbability: Double
  ) {
    predictions.set(id, to: answer)
    answers.set(number, to: answer)
    likeliest.set(number, to: text)
    probabilities.set(number, to: nullProbability)
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
