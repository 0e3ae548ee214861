import AdapterFixtures
import Dispatch
import Encoders
import Foundation
import Kernels
import Synchronization
import Tasks
import TestSupport
import Testing
import Tokenization

@testable import Inference

@Suite struct EngineTests {
  private static let texts = [
    "Ana Reis went to Porto .", "Rui met Ana at Enxerto in Faro.", "",
    "I met Rui . Faro is hot . Porto is not .",
    Array(repeating: "Ana Reis went to Porto and met Rui", count: 12).joined(separator: " "),
  ]

  /// One request and what comes back.
  private enum Answer: Sendable {
    case spans([TextSpan])
    case answers(PassageAnswers)
  }

  private static func alone(_ name: String, _ text: String) throws -> Answer {
    let adapter = try Adapter(folder: EngineAdapters.folder(name))
    if EngineAdapters.taggers.contains(name) {
      var tagger = try Tagger(
        adapter: adapter, encoderFolder: Tiny.folder(), threads: 1, environment: [:])
      return .spans(try tagger.tag(text: text))
    }
    var answerer = try Answerer(
      adapter: adapter, encoder: FrozenEncoder(folder: Tiny.encoderFolder),
      tokenizer: WordpieceTokenizer(folder: Tiny.encoderFolder), threads: 1)
    let request = PassageQuestion(question: "where is Ana", context: text)
    return .answers(try answerer.answers(to: [request])[0].get())
  }

  private static func ask(_ engine: Engine, _ name: String, _ text: String) async throws -> Answer {
    if EngineAdapters.taggers.contains(name) {
      return .spans(try await engine.tag(text: text, adapter: name))
    }
    return .answers(
      try await engine.answers(
        to: PassageQuestion(question: "where is Ana", context: text),
        adapter: engine.adapters.adapter(name: name)))
  }

  private static func agree(_ a: Answer, _ b: Answer) -> Bool {
    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-5 }
    switch (a, b) {
    case (.spans(let a), .spans(let b)):
      return a.count == b.count
        && zip(a, b).allSatisfy {
          $0.range == $1.range && $0.label == $1.label && near($0.confidence, $1.confidence)
        }
    case (.answers(let a), .answers(let b)):
      return a.best?.range == b.best?.range && near(a.confidence, b.confidence)
        && near(a.nullConfidence, b.nullConfidence) && a.answers.count == b.answers.count
        && zip(a.answers, b.answers).allSatisfy { near($0.confidence, $1.confidence) }
    default: return false
    }
  }

  /// Whatever shares its batch.
  @Test func eachRequestGetsWhatItWouldGetAlone() async throws {
    let mixes = Greatest()
    let engine = try EngineAdapters.engine(
      observer: Mixes { mixes.add($0) })
    var expected: [String: Answer] = [:]
    let requests = EngineAdapters.all.flatMap { name in Self.texts.map { (name, $0) } }
      .filter { EngineAdapters.taggers.contains($0.0) || !$0.1.isEmpty }
    for (name, text) in requests { expected[name + text] = try Self.alone(name, text) }
    for _ in 0..<5 {
      try await withThrowingTaskGroup(of: (String, Answer).self) { group in
        for (name, text) in requests {
          group.addTask { (name + text, try await Self.ask(engine, name, text)) }
        }
        for try await (key, answer) in group {
          let wanted = try #require(expected[key])
          #expect(Self.agree(answer, wanted), "\(key): \(answer), alone \(wanted)")
        }
      }
    }
    // They did share.
    #expect(mixes.value > 1)
    #expect(engine.waitingRows == 0)
    await engine.close()
  }

  private final class Greatest: Sendable {
    private let greatest = Mutex(0)
    var value: Int { greatest.withLock { $0 } }
    func add(_ number: Int) { greatest.withLock { $0 = max($0, number) } }
  }

  /// Tells how many adapters went together.
  private struct Mixes: EngineObserver {
    let tell: @Sendable (Int) -> Void
    init(_ tell: @escaping @Sendable (Int) -> Void) { self.tell = tell }
    func tokenized(_ time: Duration, windows: Int) {}
    func waited(_ time: Duration) {}
    func encoded(_ time: Duration, rows: Int, windows: Int, adapters: Int) { tell(adapters) }
    func decoded(_ time: Duration) {}
  }

  @Test func namesAndTasksAreChecked() async throws {
    let engine = try EngineAdapters.engine()
    await #expect(throws: EngineError.unknownAdapter(name: "none")) {
      try await engine.tag(text: "Ana", adapter: "none")
    }
    await #expect(throws: EngineError.otherTask(name: "answers", task: "qa", wanted: "ner")) {
      try await engine.tag(text: "Ana", adapter: "answers")
    }
    await #expect(throws: EngineError.otherTask(name: "plain", task: "ner", wanted: "qa")) {
      try await engine.answers(
        to: PassageQuestion(question: "who", context: "Ana"),
        adapter: engine.adapters.adapter(name: "plain"))
    }
    await #expect(throws: QuestionError.noWords(field: "question")) {
      try await engine.answers(
        to: PassageQuestion(question: " ", context: "Ana"),
        adapter: engine.adapters.adapter(name: "answers"))
    }
  }

  /// Who has an adapter keeps it; who comes later gets the new one.
  @Test func adaptersAreReplacedAndRemovedWhileTheyServe() async throws {
    let engine = try EngineAdapters.engine()
    let text = Self.texts[4]
    let old = try engine.adapters.adapter(name: "soft")
    let words = [text.split(separator: " ").map(String.init)]
    let before = try await engine.tag(sentences: words, adapter: old)
    try await withThrowingTaskGroup(of: [[ScoredSpan]].self) { group in
      for _ in 0..<50 { group.addTask { try await engine.tag(sentences: words, adapter: old) } }
      try engine.adapters.load(name: "soft", folder: EngineAdapters.folder("deep"))
      for try await spans in group {
        #expect(spans.map { $0.map(\.span) } == before.map { $0.map(\.span) })
      }
    }
    let replaced = try await engine.tag(text: text, adapter: "soft")
    let deep = try await engine.tag(text: text, adapter: "deep")
    #expect(replaced.map(\.range) == deep.map(\.range))
    #expect(engine.adapters.all.map(\.name) == EngineAdapters.all.sorted())
    #expect(engine.adapters.remove(name: "soft") != nil)
    #expect(engine.adapters.remove(name: "soft") == nil)
    await #expect(throws: EngineError.unknownAdapter(name: "soft")) {
      try await engine.tag(text: text, adapter: "soft")
    }
  }

  @Test func whatFitsNoAdapterIsNotLoaded() throws {
    let engine = try EngineAdapters.engine()
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    #expect(throws: AdapterError.self) {
      try engine.adapters.load(name: "plain", folder: place)
    }
    try FileManager.default.copyItem(at: EngineAdapters.folder("plain"), to: place)
    let weights = place.appendingPathComponent(Adapter.weightsFile)
    let bytes = try Data(contentsOf: weights)
    try bytes.dropLast(100).write(to: weights)
    #expect(throws: (any Error).self) {
      try engine.adapters.load(name: "plain", folder: place)
    }
    let file = place.appendingPathComponent(Adapter.configurationFile)
    let text = try String(contentsOf: file, encoding: .utf8)
    try bytes.write(to: weights)
    let sha = try engine.adapters.adapter(name: "plain").configuration.encoder.sha256
    try text.replacingOccurrences(of: sha, with: String(repeating: "0", count: 64))
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(throws: AdapterError.self) {
      try engine.adapters.load(name: "plain", folder: place)
    }
    // The one that was there is still there.
    #expect(try engine.adapters.adapter(name: "plain").configuration.encoder.sha256 == sha)
  }

  /// Holds the engine's threads before their first window of a request, until it is opened.
  private final class Gate: EngineObserver {
    private let opened = DispatchSemaphore(value: 0)
    func open() { opened.signal() }
    func shut() { opened.wait() }
    func tokenized(_ time: Duration, windows: Int) {}
    func waited(_ time: Duration) {
      opened.wait()
      opened.signal()
    }
    func encoded(_ time: Duration, rows: Int, windows: Int, adapters: Int) {}
    func decoded(_ time: Duration) {}
  }

  /// An engine whose one thread waits at a gate, and has taken a part of a long text.
  private static func held(queueRows: Int = 1_000_000) async throws -> (
    engine: Engine, gate: Gate, adapter: LoadedAdapter, long: Task<[[ScoredSpan]], any Error>
  ) {
    let gate = Gate()
    let engine = try EngineAdapters.engine(
      threads: 1, limits: Engine.Limits(queueRows: queueRows, passRows: 64, fewestRows: 16),
      observer: gate)
    let adapter = try engine.adapters.adapter(name: "plain")
    let sentences = Array(repeating: Array(repeating: "Ana", count: 30), count: 200)
    let long = Task { try await engine.tag(sentences: sentences, adapter: adapter) }
    while engine.waitingRows == 0 { try await Task.sleep(for: .milliseconds(1)) }
    return (engine, gate, adapter, long)
  }

  /// More than the queue holds is sent away at once; what was taken is done.
  @Test func whatIsTooMuchIsSentAway() async throws {
    let (engine, gate, adapter, long) = try await Self.held(queueRows: 9000)
    let words = [Array(repeating: "Ana", count: 30)]
    let away = Greatest()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 {
        group.addTask {
          do {
            return try await engine.tag(sentences: words, adapter: adapter).count == 1
          } catch EngineError.busy(let time) {
            away.add(1)
            return time > .zero
          }
        }
      }
      while away.value == 0 { try await Task.sleep(for: .milliseconds(1)) }
      gate.open()
      for try await isAsItShouldBe in group { #expect(isAsItShouldBe) }
    }
    #expect(try await long.value.count == 200)
    #expect(engine.waitingRows == 0)
    // A text that is larger than the queue is taken where nothing else waits.
    let larger = Array(repeating: words[0], count: 400)
    #expect(try await engine.tag(sentences: larger, adapter: adapter).count == 400)
  }

  /// What would wait longer than it may is sent away, though the queue has room.
  @Test func whatWouldWaitTooLongIsSentAway() async throws {
    let gate = Gate()
    let engine = try EngineAdapters.engine(
      threads: 1,
      limits: Engine.Limits(queueRows: 1 << 30, queueSeconds: 1e-9, passRows: 64, fewestRows: 16),
      observer: gate)
    let adapter = try engine.adapters.adapter(name: "plain")
    let sentences = Array(repeating: Array(repeating: "Ana", count: 30), count: 200)
    // How fast rows go is known after the first.
    gate.open()
    _ = try await engine.tag(sentences: [["Ana"]], adapter: adapter)
    gate.shut()
    let long = Task { try await engine.tag(sentences: sentences, adapter: adapter) }
    while engine.waitingRows == 0 { try await Task.sleep(for: .milliseconds(1)) }
    await #expect(throws: EngineError.self) {
      try await engine.tag(sentences: [["Ana"]], adapter: adapter)
    }
    // Part of what was taken on before: it is taken, too.
    let admitted = Task {
      try await engine.tag(sentences: [["Ana"]], adapter: adapter, admission: .always)
    }
    gate.open()
    #expect(try await admitted.value.count == 1)
    #expect(try await long.value.count == 200)
    #expect(try await engine.tag(sentences: [["Ana"]], adapter: adapter).count == 1)
  }

  @Test func whoGivesUpIsForgotten() async throws {
    let (engine, gate, adapter, long) = try await Self.held()
    long.cancel()
    await #expect(throws: CancellationError.self) { try await long.value }
    #expect(engine.waitingRows == 0)
    gate.open()
    #expect(try await engine.tag(sentences: [["Ana"]], adapter: adapter).count == 1)
    await engine.close()
  }

  /// Giving up takes locks of the task, finishing takes them the other way round.
  @Test(.timeLimit(.minutes(1))) func givingUpWhileItIsDoneHoldsNothingUp() async throws {
    let engine = try EngineAdapters.engine(limits: Engine.Limits(queueRows: 1 << 30))
    let adapter = try engine.adapters.adapter(name: "plain")
    for _ in 0..<200 {
      let tasks = (0..<50).map { _ in
        Task { try await engine.tag(sentences: [["Ana"]], adapter: adapter).count }
      }
      await Task.yield()
      // On a thread of their own, as where a connection is closed.
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          for task in tasks { task.cancel() }
          continuation.resume()
        }
      }
      for task in tasks {
        let count = try? await task.value
        #expect(count == 1 || count == nil)
      }
    }
    #expect(try await engine.tag(sentences: [["Ana"]], adapter: adapter).count == 1)
    await engine.close()
  }

  @Test func whatIsTooLateIsDropped() async throws {
    let (engine, gate, adapter, long) = try await Self.held()
    let late = Task {
      try await engine.tag(
        sentences: [["Rui"]], adapter: adapter, deadline: .now.advanced(by: .milliseconds(1)))
    }
    let before = engine.waitingRows
    while engine.waitingRows == before { try await Task.sleep(for: .milliseconds(1)) }
    try await Task.sleep(for: .milliseconds(5))
    gate.open()
    await #expect(throws: EngineError.expired) { try await late.value }
    #expect(try await long.value.count == 200)
  }

  @Test func whatWasTakenIsDoneBeforeItCloses() async throws {
    let (engine, gate, adapter, long) = try await Self.held()
    let closing = Task { await engine.close() }
    gate.open()
    await closing.value
    #expect(engine.waitingRows == 0)
    #expect(try await long.value.count == 200)
    await #expect(throws: EngineError.closing) {
      try await engine.tag(sentences: [["Ana"]], adapter: adapter)
    }
    // Once more does no harm.
    await engine.close()
  }

  /// Requests take turns, a window each.
  @Test func aLongTextHoldsUpNoShortOne() throws {
    let engine = try EngineAdapters.engine()
    let adapter = try engine.adapters.adapter(name: "plain")
    guard case .tagger(let layouts, _) = adapter.reader else { return }
    let window = try layouts.windows(of: ["Ana"])[0]
    func job(_ count: Int, deadline: ContinuousClock.Instant? = nil) -> EngineJob {
      EngineJob(
        adapter: adapter, windows: .layouts(Array(repeating: window, count: count)),
        deadline: deadline)
    }
    var queue = EngineQueue()
    let (long, short, other) = (job(10), job(1), job(3))
    queue.add(long, rows: 4)
    #expect(queue.next(rows: 8).map(\.window) == [0, 1])
    queue.add(short, rows: 4)
    queue.add(other, rows: 4)
    #expect(queue.rows == 48 && queue.jobCount == 3)
    let items = queue.next(rows: 24)
    #expect(
      items.map { $0.job === long ? "l" : $0.job === short ? "s" : "o" } == [
        "l", "s", "o", "l", "o", "l",
      ])
    #expect(items.map(\.window) == [2, 0, 0, 3, 1, 4])
    // At least one, however large; none of what someone has given up.
    #expect(queue.next(rows: 1).count == 1)
    long.fail(CancellationError())
    #expect(queue.next(rows: 100).isEmpty)
    #expect(queue.isEmpty && queue.rows == 0)
    queue.add(job(3, deadline: .now), rows: 2)
    queue.add(job(2), rows: 2)
    #expect(queue.expired(at: .now).count == 1)
    #expect(queue.rows == 4 && queue.next(rows: 100).count == 2)
  }
}
