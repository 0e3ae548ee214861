import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization

/// The encoder with a span head and no prompts: windows, logits and the choice of answers, tokenization excluded.
struct QuestionsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "questions")

  @OptionGroup var options: EncoderOptions

  @Option(help: "Questions as tools/benchmark/questions.py writes them.")
  var questions: String

  /// A question whose words are wordpieces already.
  private struct Item: Decodable {
    var question: [Int32]
    var context: [[Int32]]
  }

  func run() throws {
    let encoder = try options.loaded(trains: false)
    let tokenizer = try WordpieceTokenizer(folder: options.folder)
    let layouts = QuestionLayouts(
      tokenizer: tokenizer,
      template: try ResolvedTemplate(.questionAnswering, tokenizer: tokenizer),
      answering: AnsweringConfiguration(), prompt: PromptConfiguration())
    let decoder = AnswerDecoder(nullThreshold: 0)
    var extractor = SpanExtractor(
      layouts: layouts, decoder: decoder, encoder: encoder,
      model: FoldedModel(
        prompts: EncoderPrompts(),
        head: LinearHead(
          hidden: encoder.configuration.hiddenSize, outputs: 2, reading: .field, seed: 1)),
      threads: options.threads)
    let items = try Data(contentsOf: URL(fileURLWithPath: questions))
      .split(separator: UInt8(ascii: "\n"))
      .map { try JSONDecoder().decode(Item.self, from: Data($0)) }
    let plans = try items.map {
      try layouts.windows(
        question: TokenizedText(wordpieces: $0.question.map { [$0] }),
        context: TokenizedText(wordpieces: $0.context))
    }
    var answered = 0
    func pass() {
      for candidates in extractor.candidates(of: plans) {
        answered += decoder.prediction(candidates).answers.isEmpty ? 0 : 1
      }
    }
    pass()
    let times = (0..<options.repetitions).map { _ in Timing.seconds(of: pass) }
    precondition(answered == items.count * (options.repetitions + 1))
    try Result(
      engine: encoder.arithmetic.text, questions: items.count,
      words_per_second: Double(items.count) / times.percentile(0.5),
      peak_megabytes: PeakMemory.megabytes
    ).write()
  }

  /// Words are questions, as with the peers.
  struct Result: Encodable {
    var task = "questions"
    var engine: String
    var questions: Int
    var words_per_second: Double
    var peak_megabytes: Double?
  }
}
