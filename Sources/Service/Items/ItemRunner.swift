import Hummingbird
import Inference
import Logging
import Tasks

/// Has items done by the engine, for whoever may use the adapters.
struct ItemRunner: Sendable {
  let engine: Engine
  let limits: ServiceLimits
  private let metrics: ServiceMetrics
  private let connections: Connections
  private let logsTexts: Bool

  init(_ parts: ServiceParts) {
    engine = parts.engine
    limits = parts.limits
    metrics = parts.metrics
    connections = parts.connections
    logsTexts = parts.logsTexts
  }

  var deadline: ContinuousClock.Instant {
    ContinuousClock.now + .seconds(limits.requestSeconds)
  }

  /// - Parameter admission: `.always` for an item of a request that was taken on before.
  /// - Throws: `Problem`, and what the engine throws.
  func run(
    _ item: WorkItem, context: ServiceContext, deadline: ContinuousClock.Instant,
    admission: Engine.Admission = .ifRoom
  ) async throws -> ItemResult {
    try context.require(.use, adapter: item.adapter)
    let adapter = try engine.adapters.adapter(name: item.adapter)
    log(item, context)
    return try await connections.whileOpen(context.channel) { [engine] in
      switch item.work {
      case .tag(let request):
        let text = try await engine.tag(
          request, adapter: adapter, deadline: deadline, admission: admission)
        return .tagged(text, id: item.id)
      case .answer(let question, let passage):
        let request = PassageQuestion(question: question, context: passage)
        do {
          let answers = try await engine.answers(
            to: request, adapter: adapter, deadline: deadline, admission: admission)
          return .answered(answers, context: passage, id: item.id)
        } catch QuestionError.noWords(field: QuestionLayouts.context) {
          // A passage without words answers nothing.
          return .answered(.none, context: passage, id: item.id)
        }
      }
    }
  }

  /// One line for an item, in whatever way it goes; an item that fails has its problem there.
  ///
  /// - Throws: `CancellationError` alone.
  func line(
    context: ServiceContext, deadline: ContinuousClock.Instant,
    item: () throws -> WorkItem
  ) async throws -> [UInt8] {
    do {
      let result = try await run(
        item(), context: context, deadline: deadline, admission: .always)
      metrics.ended(nil)
      return result.jsonLine
    } catch let error as CancellationError {
      throw error
    } catch {
      let problem = Problem(error)
      metrics.ended(problem.kind)
      return problem.json(request: context.id) + [UInt8(ascii: "\n")]
    }
  }

  /// Lines of many items, in order, some of them at a time.
  ///
  /// - Parameter deadline: of all of them; nil: each has its own, from when it is begun.
  func lines<Source: Sendable>(
    of items: [Source], context: ServiceContext, deadline: ContinuousClock.Instant? = nil,
    item: @escaping @Sendable (Source) throws -> WorkItem
  ) async throws -> [[UInt8]] {
    try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      var lines = [[UInt8]](repeating: [], count: items.count)
      for (number, source) in items.enumerated() {
        if number >= limits.itemsAtATime, let (done, line) = try await group.next() {
          lines[done] = line
        }
        group.addTask {
          let deadline = deadline ?? self.deadline
          return (
            number,
            try await line(context: context, deadline: deadline) { try item(source) }
          )
        }
      }
      for try await (done, line) in group { lines[done] = line }
      return lines
    }
  }

  private func log(_ item: WorkItem, _ context: ServiceContext) {
    guard logsTexts else { return }
    switch item.work {
    case .tag(.text(let text)):
      context.logger.info("text", metadata: ["adapter": "\(item.adapter)", "text": "\(text)"])
    case .tag(.tokens(let tokens)):
      context.logger.info("text", metadata: ["adapter": "\(item.adapter)", "tokens": "\(tokens)"])
    case .answer(let question, let passage):
      context.logger.info(
        "text",
        metadata: [
          "adapter": "\(item.adapter)", "question": "\(question)", "context": "\(passage)",
        ])
    }
  }
}
