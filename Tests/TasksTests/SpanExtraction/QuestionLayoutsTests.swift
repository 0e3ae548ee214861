import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Testing
import Tokenization

@testable import Tasks

@Suite struct QuestionLayoutsTests {
  @Test func wordsKnowTheirPlaces() throws {
    let tiny = try TinyEncoder()
    let text = "a😀 b-c,\r\n  é\u{301}d\u{200B} 日 "
    let words = TokenizedText(text, tokenizer: tiny.tokenizer, withShapes: true)
    let scalars = Array(text.unicodeScalars)
    #expect(words.shapes.count == words.ranges.count)
    #expect(words.wordpieces.allSatisfy { !$0.isEmpty })
    let texts = words.ranges.indices.map { words.text(of: $0..<$0 + 1, in: scalars) }
    #expect(texts.first == "a😀" || texts.first == "a")
    #expect(texts.contains("b") && texts.contains("-") && texts.contains("c"))
    for (left, right) in zip(words.ranges, words.ranges.dropFirst()) {
      #expect(left.upperBound <= right.lowerBound)
    }
    // Each word is found by any scalar of it, and by a range that holds it.
    for (index, range) in words.ranges.enumerated() {
      for place in range { #expect(words.words(in: place..<place + 1) == index..<index + 1) }
    }
    #expect(words.words(in: 0..<scalars.count) == 0..<words.ranges.count)
    #expect(words.words(in: scalars.count..<scalars.count + 3) == nil)
    #expect(words.words(in: 0..<0) == nil)
  }

  /// Marks that the tokenizer leaves out, and joiners, end with the word that they are written on; spaces without width
  /// do not.
  @Test func wordsKeepTheirMarks() throws {
    let tiny = try TinyEncoder()
    for (text, expected) in [
      ("cafe\u{301} b", ["cafe\u{301}", "b"]), ("a\u{301}\u{302}", ["a\u{301}\u{302}"]),
      ("a\u{200D} b", ["a\u{200D}", "b"]), ("a\u{200B} b", ["a", "b"]),
      ("-\u{301}a", ["-\u{301}", "a"]), ("\u{301}a", ["a"]), ("a \u{301}", ["a"]),
    ] {
      let words = TokenizedText(text, tokenizer: tiny.tokenizer, withShapes: false)
      let scalars = Array(text.unicodeScalars)
      let texts = words.ranges.indices.map { words.text(of: $0..<$0 + 1, in: scalars) }
      #expect(
        texts.map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) },
        "\(text.debugDescription): \(texts)")
    }
  }

  /// A question with an answer never becomes one without.
  @Test func anAnswerWithoutWordsIsRefused() throws {
    let tiny = try TinyEncoder()
    let layouts = try tiny.questionLayouts("{question} [SEP] {context}")
    let text = "a \u{200B} b c"
    let context = layouts.tokenize(text)
    func starts(_ answers: [Answer]) throws -> [[Int]] {
      let question = Question(id: "z", question: "q", answers: answers)
      let windows: [SpanWindow] = try layouts.spanWindows(of: question, context: context)
      return windows.map { $0.example.starts }
    }
    let empty = Answer(text: "\u{200B}", range: 2..<3)
    #expect(throws: QuestionError.noWords(field: "answer")) { try starts([empty]) }
    #expect(try starts([empty, Answer(text: "b", range: 4..<5)]) == [[1]])
    #expect(try starts([]) == [[]])
  }

  /// Logits that are no numbers make no answer.
  @Test func whatIsNotFiniteIsNoAnswer() throws {
    let tiny = try TinyEncoder()
    let layouts = try tiny.questionLayouts("{question} [SEP] {context}")
    let context = layouts.tokenize("a b c")
    let window = try layouts.windows(question: layouts.tokenize("q"), context: context)[0]
    for odd in [Float.nan, .infinity, -.infinity] {
      var candidates = SpanCandidates(maximumWords: 5)
      candidates.add(window, logits: [0, 0, 1, odd, 1, 1, 1, 1])
      #expect(!candidates.isFinite && candidates.best.isEmpty)
      var all = SpanCandidates(maximumWords: 5)
      all.add(candidates)
      #expect(!all.isFinite)
      #expect(throws: NotFinite.self) {
        try PassageAnswers(all, decoder: AnswerDecoder(nullThreshold: 0), context: context)
      }
    }
  }

  /// Whatever fits into what windows share is whole in one of them.
  @Test(
    arguments: ["{question} [SEP] {context}", "{soft:3} {context} [SEP] a b {question} {soft:2}"])
  func noAnswerIsCutByWindows(_ template: String) throws {
    let tiny = try TinyEncoder()
    for seed: UInt64 in 1...5 {
      print("\(template), seed \(seed)")
      let layouts = try tiny.questionLayouts(
        template, answering: .init(windowRows: 64, stride: seed.isMultiple(of: 2) ? 32 : 12))
      var random = RandomStream(seed: seed, purpose: "windows")
      let context = layouts.tokenize(
        randomWords(150, longest: 3, using: &random).joined(separator: " "))
      let plan = try layouts.windows(question: layouts.tokenize("a b"), context: context)
      let windows = plan.layouts
      #expect(windows.count > 3)
      for window in windows { #expect(window.rows.count <= 64) }
      for first in context.wordpieces.indices {
        var end = first
        var length = 0
        while end < context.wordpieces.count, length + context.wordpieces[end].count <= 12 {
          length += context.wordpieces[end].count
          end += 1
        }
        guard end > first else { continue }
        #expect(
          windows.contains { $0.words.lowerBound <= first && $0.words.upperBound >= end },
          "words \(first)..<\(end)")
      }
      // What a head reads is `[CLS]` and the rows of the words.
      for window in windows {
        let rows = window.readRows(.field)
        #expect(rows.count == window.readCount(.field))
        let null = rows[window.classificationPlace].lowerBound
        #expect(window.rows[null] == .wordpiece(tiny.tokenizer.classificationID))
        let places = SpanPlaces(window)
        for (index, word) in window.words.enumerated() {
          let start = rows[places.starts[index]].lowerBound
          let end = rows[places.ends[index]].lowerBound
          let field = window.roles[start]
          #expect(field == window.roles[end])
          guard case .word(_, let found) = field else {
            Issue.record("a row of no word")
            continue
          }
          #expect(found == word && end - start + 1 == window.rowCounts[index])
        }
      }
    }
  }

  @Test func segmentsAreThoseOfAPair() throws {
    let tiny = try TinyEncoder()
    let layouts = try tiny.questionLayouts("{soft:1} {question} {soft:2} [SEP] {context} {soft:1}")
    let window = try layouts.windows(
      question: layouts.tokenize("a b"), context: layouts.tokenize("c d")
    )[0]
    #expect(window.segments == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    #expect(window.rows[1] == .soft(0) && window.rows[9] == .soft(3))
  }

  @Test func whatCannotBeAskedIsSaid() throws {
    let tiny = try TinyEncoder()
    let layouts = try tiny.questionLayouts("{question} [SEP] {context}")
    func error(_ question: String, _ context: String) -> QuestionError? {
      do {
        _ = try layouts.windows(
          question: layouts.tokenize(question), context: layouts.tokenize(context))
        return nil
      } catch {
        return error as? QuestionError
      }
    }
    let long = Array(repeating: "a", count: 70).joined(separator: " ")
    #expect(error("", "a") == .noWords(field: "question"))
    #expect(error("\u{7} \n", "a") == .noWords(field: "question"))
    #expect(error("a", " \t") == .noWords(field: "context"))
    #expect(error(long, long) == .tooLong(wordpieces: 70, limit: 61 - 32))
    #expect(error(Array(repeating: "a", count: 29).joined(separator: " "), long) == nil)
    #expect(error(Array(repeating: "a", count: 30).joined(separator: " "), long) != nil)
    // A short passage needs less room.
    #expect(error(Array(repeating: "a", count: 59).joined(separator: " "), "a b") == nil)
  }

  /// However the work is shared out, and however long the passages are.
  @Test func threadsAgree() throws {
    let test = try SpanCase(template: "{soft:2} {question} [SEP] {context}")
    var random = RandomStream(seed: 9, purpose: "requests")
    var requests: [PassageQuestion] = []
    for index in 0..<60 {
      let words = randomWords(index % 7 == 0 ? 400 : 20, using: &random)
      requests.append(PassageQuestion(question: "a b", context: words.joined(separator: " ")))
    }
    requests.append(PassageQuestion(question: " ", context: "a"))
    requests.append(PassageQuestion(question: "c", context: "z"))
    func answers(_ threads: Int, _ requests: [PassageQuestion]) throws
      -> [Result<PassageAnswers, QuestionError>]
    {
      var extractor = SpanExtractor(
        layouts: test.layouts, decoder: AnswerDecoder(nullThreshold: 0),
        encoder: test.tiny.encoder, model: test.model().folded(), threads: threads)
      return try extractor.answers(to: requests)
    }
    let alone = try answers(1, requests)
    #expect(alone.count == requests.count)
    for threads in [2, 3] {
      let shared = try answers(threads, requests)
      for (index, pair) in zip(alone, shared).enumerated() {
        switch pair {
        case (.success(let left), .success(let right)):
          #expect(left.answers.map(\.range) == right.answers.map(\.range), "\(index)")
          #expect(abs(left.confidence - right.confidence) < 1e-4)
        case (.failure(let left), .failure(let right)): #expect(left == right)
        default: Issue.record("\(index): \(pair)")
        }
      }
      // One by one, as somebody at a terminal asks.
      for index in [0, 1, 60, 61] {
        let one = try answers(threads, [requests[index]])[0]
        switch (one, alone[index]) {
        case (.success(let left), .success(let right)):
          #expect(left.answers.map(\.range) == right.answers.map(\.range))
        case (.failure(let left), .failure(let right)): #expect(left == right)
        default: Issue.record("\(index)")
        }
      }
    }
  }
}
