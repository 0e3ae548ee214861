import Corpora
import Testing

func readQuestions(
  _ text: String, _ format: QuestionFormat? = nil
) throws -> QuestionCorpus {
  try readQuestions(Array(text.utf8), format)
}

func readQuestions(
  _ bytes: [UInt8], _ format: QuestionFormat? = nil
) throws -> QuestionCorpus {
  try QuestionCorpus.read([.bytes(bytes, name: "test")], format: format)
}

/// The message of the error that reading ends with, or what it read instead.
func questionFailure(_ text: String, _ format: QuestionFormat? = nil) -> String {
  questionFailure(Array(text.utf8), format)
}

func questionFailure(_ bytes: [UInt8], _ format: QuestionFormat? = nil) -> String {
  do {
    return "read: \(try readQuestions(bytes, format).questionCount) questions"
  } catch {
    return error is CorpusError ? "\(error)" : "another error: \(error)"
  }
}

/// Whether every answer that has a place stands there.
func answersStand(_ passages: [Passage]) -> Bool {
  passages.allSatisfy { passage in
    let context = Array(passage.context.unicodeScalars)
    return passage.questions.allSatisfy { question in
      (question.answers + question.plausibleAnswers).allSatisfy { answer in
        guard let range = answer.range else { return true }
        return range.lowerBound >= 0 && range.upperBound <= context.count
          && context[range].elementsEqual(answer.text.unicodeScalars)
      }
    }
  }
}

/// Small files of each format that are read as a whole.
enum QuestionSamples {
  static let squad =
    #"{"version":"v2","data":[{"title":"T","paragraphs":[{"context":"aé 😀 bb","qas":["#
    + #"{"id":"1","question":"W?","answers":[{"text":"bb","answer_start":5}]},"#
    + #"{"id":"2","question":"V?","answers":[],"is_impossible":true,"#
    + #""plausible_answers":[{"text":"aé","answer_start":0}]}]}]}]}"#
  static let lines =
    #"{"id":"1","question":"W?","context":"aé 😀 bb","title":"T","answers":"#
    + #"[{"text":"bb","start":5,"end":7}]}"# + "\n"
    + #"{"id":"2","question":"V?","context":"aé 😀 bb","title":"T","answers":[],"#
    + #""plausible_answers":{"text":["aé"],"answer_start":[0]}}"# + "\n"
  static let xml =
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- a file -->
    <questions version="1" language="en">
      <passage id="p" title="T" domain="d">
        <text>aé 😀 bb</text>
        <question id="1">
          <ask>W?</ask>
          <answer start="5" end="7">bb</answer>
        </question>
        <question id="2" answerable="no">
          <ask>V?</ask>
          <plausible start="0">aé</plausible>
        </question>
      </passage>
    </questions>

    """

  static func text(of format: QuestionFormat) -> String {
    switch format {
    case .squad: squad
    case .jsonl: lines
    case .xml: xml
    }
  }
}
