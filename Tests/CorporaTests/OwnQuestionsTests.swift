import Foundation
import TestSupport
import Testing

@testable import Corpora

/// The questions that come with the project.
@Suite struct OwnQuestionsTests {
  private func corpus(_ split: String) throws -> QuestionCorpus {
    try QuestionCorpus.read([
      .file(packageRoot.appendingPathComponent("corpora/questions-\(split).xml").path)
    ])
  }

  @Test func theyAreAsTheirDescriptionSays() throws {
    var contexts: Set<[UInt8]> = []
    var questions: Set<[UInt8]> = []
    var counts: [String: [Int]] = [:]
    for split in ["train", "dev", "test"] {
      let corpus = try corpus(split)
      #expect(corpus.report.notes.isEmpty, "\(corpus.report.notes)")
      #expect(corpus.trainable().refusedCount == 0)
      var unanswerable = 0
      for passage in corpus.passages {
        #expect(contexts.insert(Array(passage.context.utf8)).inserted, "\(passage.title ?? "")")
        #expect(passage.questions.count >= 3)
        let scalars = Array(passage.context.unicodeScalars)
        for question in passage.questions {
          #expect(questions.insert(Array(question.question.utf8)).inserted, "\(question.id)")
          if question.isUnanswerable { unanswerable += 1 }
          #expect(question.isUnanswerable == question.answers.isEmpty)
          for answer in question.answers + question.plausibleAnswers {
            let range = try #require(answer.range, "\(question.id)")
            #expect(answer.text.unicodeScalars.elementsEqual(scalars[range]))
          }
        }
      }
      counts[split] = [corpus.passages.count, corpus.questionCount, unanswerable]
      #expect(4 * unanswerable >= corpus.questionCount)
    }
    // As corpora/README.md has it.
    #expect(counts == ["train": [52, 225, 69], "dev": [17, 73, 22], "test": [17, 74, 23]])
  }
}
