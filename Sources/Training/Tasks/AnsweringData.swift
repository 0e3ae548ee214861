package import Corpora
import Encoders
import Foundation
package import PTuning
package import Tasks

/// Questions made ready: training windows, dev windows and what is right.
package struct AnsweringData: Sendable {
  package let windows: [SpanWindow]
  package let dev: Dev?
  /// Some training questions, answered where there is no dev corpus.
  let sample: Dev
  package let trainingQuestions: Int
  /// Whether any training question has no answer.
  let allowsNoAnswer: Bool
  /// Changes with any question, answer or passage of either corpus, in hexadecimal.
  package let fingerprint: String

  /// Questions with their windows and the texts that are right.
  package struct Dev: Sendable {
    package struct Item: Sendable {
      package var windows: LayoutPlan
      package var passage: Int
      /// The right texts; none: there is no answer.
      package var gold: [String]
    }

    package var items: [Item] = []
    /// The passages' words, and their texts.
    package var contexts: [TokenizedText] = []
    package var texts: [[Unicode.Scalar]] = []
    var words = 0
  }

  /// - Throws: `TrainingError`, `LayoutError`.
  package init(training: [Passage], dev: [Passage], layouts: QuestionLayouts) throws {
    let questions = training.reduce(0) { $0 + $1.questions.count }
    guard questions > 0 else { throw TrainingError.noQuestions(corpus: "--corpus") }
    trainingQuestions = questions
    allowsNoAnswer = training.contains { $0.questions.contains(where: \.answers.isEmpty) }
    windows = try training.flatMap { passage in
      let context = layouts.tokenize(passage.context)
      return try passage.questions.flatMap { question in
        try Self.naming(question, of: "--corpus") {
          try layouts.spanWindows(of: question, context: context)
        }
      }
    }
    self.dev =
      dev.contains { !$0.questions.isEmpty } ? try Self.dev(dev, layouts, of: "--dev") : nil
    let step = max(1, training.count / Self.sampleSize)
    sample = try Self.dev(
      stride(from: 0, to: training.count, by: step).prefix(Self.sampleSize).map { training[$0] },
      layouts, of: "--corpus")
    fingerprint = Self.fingerprint(training, dev)
  }

  private static let sampleSize = 20

  private static func dev(
    _ passages: [Passage], _ layouts: QuestionLayouts, of corpus: String
  ) throws -> Dev {
    var dev = Dev()
    for passage in passages where !passage.questions.isEmpty {
      let context = layouts.tokenize(passage.context)
      for question in passage.questions {
        let windows = try naming(question, of: corpus) {
          try layouts.windows(question: layouts.tokenize(question.question), context: context)
        }
        dev.items.append(
          .init(
            windows: windows, passage: dev.contexts.count, gold: question.answers.map(\.text)))
        dev.words += context.wordpieces.count
      }
      dev.contexts.append(context)
      dev.texts.append(Array(passage.context.unicodeScalars))
    }
    return dev
  }

  /// Says which question cannot be asked.
  private static func naming<Result>(
    _ question: Question, of corpus: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as QuestionError {
      throw TrainingError.question(
        corpus: corpus, id: question.id, text: question.question, error)
    }
  }

  private static func fingerprint(_ corpora: [Passage]...) -> String {
    var digest = SHA256()
    func add(_ text: String) {
      Array((text + "\n").utf8).withUnsafeBytes { digest.update($0) }
    }
    for corpus in corpora {
      for passage in corpus {
        add(passage.context)
        for question in passage.questions {
          add(question.question)
          for answer in question.answers {
            add("\(answer.range?.lowerBound ?? -1)\t\(answer.text)")
          }
        }
      }
      [UInt8(0)].withUnsafeBytes { digest.update($0) }
    }
    return digest.finalize()
  }
}
