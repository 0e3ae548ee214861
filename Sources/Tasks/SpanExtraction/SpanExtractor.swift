package import Encoders
import Kernels
package import PTuning
package import Tokenization

/// Answers questions: layouts, logits, decoding, with one adapter on one encoder.
package struct SpanExtractor: Sendable {
  package let layouts: QuestionLayouts
  package let decoder: AnswerDecoder
  private var scorer: WindowScorer
  private let threads: Int

  package init(
    layouts: QuestionLayouts, decoder: AnswerDecoder, encoder: FrozenEncoder,
    model: FoldedModel, threads: Int
  ) {
    self.layouts = layouts
    self.decoder = decoder
    self.threads = threads
    scorer = WindowScorer(
      encoder: encoder, model: model, firstPosition: layouts.firstPosition, threads: threads)
  }

  /// - Parameter answers: the most answers of one question that are told.
  /// - Throws: `AdapterError` where the adapter is for another task, or does not fit its template.
  package init(
    adapter: Adapter, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, threads: Int?,
    answers: Int = 5
  ) throws {
    self.init(
      layouts: try adapter.questionLayouts(tokenizer: tokenizer),
      decoder: adapter.answerDecoder(answers: answers), encoder: encoder, model: adapter.model,
      threads: threads ?? Parallel.availableThreads)
  }

  /// Takes other weights, of the same shapes.
  package mutating func replaceWeights(_ model: FoldedModel) { scorer.replaceModel(model) }

  /// The best candidates of each question.
  ///
  /// Each thread takes the next windows that are left and lays them out; of few windows threads share the rows.
  ///
  /// - Parameter questions: the windows of each.
  package mutating func candidates(of questions: [LayoutPlan]) -> [SpanCandidates] {
    let places = questions.indices.flatMap { question in
      (0..<questions[question].count).map { (question: question, window: $0) }
    }
    var found = questions.map { _ in empty }
    guard places.count >= WindowScorer.fewWindows * threads else {
      let windows = places.map { questions[$0.question][$0.window] }
      for (index, logits) in scorer.logits(of: windows).enumerated() {
        found[places[index].question].add(windows[index], logits: logits)
      }
      return found
    }
    let size = max(1, WindowScorer.rowsPerThread / layouts.answering.windowRows)
    let (encoder, model) = (scorer.encoder, scorer.model)
    let none = empty
    let turns = scorer.mapNext(count: (places.count - 1) / size + 1) { turn, pass in
      let some = places[turn * size..<min((turn + 1) * size, places.count)]
      let windows = some.map { questions[$0.question][$0.window] }
      let logits = WindowScorer.logits(
        of: windows, encoder: encoder, model: model, in: &pass)
      return zip(windows, logits).map { window, logits in
        var candidates = none
        candidates.add(window, logits: logits)
        return candidates
      }
    }
    for (place, candidates) in zip(places, turns.joined()) {
      found[place.question].add(candidates)
    }
    return found
  }

  /// What is found for each question, or why it cannot be asked.
  ///
  /// - Throws: `LayoutError`; `NotFinite` where the adapter is worth nothing.
  ///
  /// Each thread takes some questions from text to answers, then the next that are left; of few questions, which
  /// somebody may wait for, threads share windows or rows.
  package mutating func answers(
    to requests: [PassageQuestion]
  ) throws -> [Result<PassageAnswers, QuestionError>] {
    let turns = Self.turns(of: requests)
    guard threads > 1, turns.count >= 2 * threads else { return try answersTogether(to: requests) }
    let (layouts, decoder, empty) = (layouts, decoder, empty)
    let (encoder, model) = (scorer.encoder, scorer.model)
    return try scorer.mapNext(count: turns.count) { turn, pass in
      let prepared = try requests[turns[turn]].map { try Self.prepare($0, layouts) }
      let plans = prepared.map { try? $0.get().windows }
      let places = plans.enumerated().flatMap { question, plan in
        (0..<(plan?.count ?? 0)).map { (question: question, window: $0) }
      }
      var found = prepared.map { _ in empty }
      // The windows of short passages go through the encoder together; those of a long one are laid out when they are read.
      for start in stride(from: 0, to: places.count, by: Self.windowsAtATime) {
        let some = places[start..<min(start + Self.windowsAtATime, places.count)]
        let windows = some.compactMap { plans[$0.question]?[$0.window] }
        let logits = WindowScorer.logits(of: windows, encoder: encoder, model: model, in: &pass)
        for (place, (window, logits)) in zip(some, zip(windows, logits)) {
          found[place.question].add(window, logits: logits)
        }
      }
      return try zip(prepared, found).map { prepared, candidates in
        try prepared.tryMap { try $0.answers(candidates, decoder) }
      }
    }.flatMap { $0 }
  }

  /// Threads share the windows, or the rows of few.
  private mutating func answersTogether(
    to requests: [PassageQuestion]
  ) throws -> [Result<PassageAnswers, QuestionError>] {
    let layouts = layouts
    let prepared = try requests.map { try Self.prepare($0, layouts) }
    var found = candidates(of: prepared.compactMap { try? $0.get().windows })[...]
    return try prepared.map { prepared in
      try prepared.tryMap { try $0.answers(found.popFirst() ?? empty, decoder) }
    }
  }

  private var empty: SpanCandidates {
    SpanCandidates(maximumWords: layouts.answering.maximumWords)
  }

  /// A question ready to be read.
  private struct Prepared: Sendable {
    let windows: LayoutPlan
    let context: TokenizedText

    func answers(
      _ candidates: SpanCandidates, _ decoder: AnswerDecoder
    ) throws(NotFinite) -> PassageAnswers {
      try PassageAnswers(candidates, decoder: decoder, context: context)
    }
  }

  private static func prepare(
    _ request: PassageQuestion, _ layouts: QuestionLayouts
  ) throws -> Result<Prepared, QuestionError> {
    let context = layouts.tokenize(request.context)
    do {
      return .success(
        Prepared(
          windows: try layouts.windows(
            question: layouts.tokenize(request.question), context: context), context: context))
    } catch let error as QuestionError {
      return .failure(error)
    }
  }

  /// A thread takes so many bytes of text at a time: a few full tiles of rows.
  private static let bytesPerTurn = 2048
  /// And so many windows of them through the encoder.
  private static let windowsAtATime = 16

  private static func turns(of requests: [PassageQuestion]) -> [Range<Int>] {
    var turns: [Range<Int>] = []
    var bytes = bytesPerTurn
    for (index, request) in requests.enumerated() {
      if bytes < bytesPerTurn, let last = turns.last {
        turns[turns.count - 1] = last.lowerBound..<index + 1
      } else {
        turns.append(index..<index + 1)
        bytes = 0
      }
      bytes += request.context.utf8.count + request.question.utf8.count
    }
    return turns
  }
}

extension Result {
  /// As `map`, of what may fail in another way.
  fileprivate func tryMap<Other>(
    _ transform: (Success) throws -> Other
  ) throws -> Result<Other, Failure> {
    switch self {
    case .success(let value): .success(try transform(value))
    case .failure(let error): .failure(error)
    }
  }
}
