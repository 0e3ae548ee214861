public import Encoders
public import Foundation
public import Kernels
import PTuning
public import Tasks
import Tokenization

/// Many adapters on one encoder, for requests that come at any time: windows of different adapters and tasks go through the
/// encoder together, and each request gets what it would get alone.
///
///     let engine = try Engine(encoderFolder: folder, precision: .int8)
///     try engine.adapters.load(name: "news", folder: adapterFolder)
///     let spans = try await engine.tag(text: "Angela Merkel visited Porto.", adapter: "news")
///
/// Threads of its own empty its queue; the tasks that call it tokenize and decode.
public final class Engine: Sendable {
  public let adapters: AdapterStore
  /// How the encoder's products are made.
  public let arithmetic: Arithmetic
  private let core: EngineCore
  private let observer: (any EngineObserver)?
  private let splitter = TextSplitter()

  /// How much it takes on.
  public struct Limits: Hashable, Sendable {
    /// The most rows that wait; a request that is larger is taken only where nothing waits.
    public var queueRows: Int
    /// The longest that what waits may take, by how fast rows went lately: what is taken on is answered about as soon, however
    /// much more is asked.
    public var queueSeconds: Double
    /// The most rows that a thread takes through the encoder at a time, and the fewest where more wait.
    public var passRows: Int
    public var fewestRows: Int

    public init(
      queueRows: Int = 65_536, queueSeconds: Double = .infinity, passRows: Int = 512,
      fewestRows: Int = 128
    ) {
      self.queueRows = max(1, queueRows)
      self.queueSeconds = queueSeconds
      self.passRows = max(1, passRows)
      self.fewestRows = min(max(1, fewestRows), self.passRows)
    }
  }

  /// Whether a request is taken on.
  public enum Admission: Hashable, Sendable {
    /// Where the queue has room, or it is refused as `EngineError.busy`.
    case ifRoom
    /// In any case: it is part of something that was admitted before.
    case always
  }

  /// - Parameters:
  ///   - encoderFolder: of the encoder that all adapters were trained on.
  ///   - precision: of its products, for all adapters alike.
  ///   - threads: that take windows through it; all processors unless said.
  ///   - observer: is told what happens.
  ///   - environment: says where the encoder's SHA-256 is cached (see `EncoderFingerprint`).
  /// - Throws: `EncoderError` or `TokenizerError` where the folder holds no whole encoder.
  public init(
    encoderFolder: EncoderFolder, precision: Precision = .float32, engine: ProductEngine? = nil,
    threads: Int? = nil, limits: Limits = Limits(), observer: (any EngineObserver)? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let url = encoderFolder.url
    arithmetic = Arithmetic(precision, engine: engine)
    let encoder = try FrozenEncoder(folder: url, arithmetic: arithmetic, trains: false)
    let tokenizer = try WordpieceTokenizer(folder: url)
    try encoder.check(vocabularyOf: tokenizer)
    adapters = AdapterStore(
      encoder: encoder, tokenizer: tokenizer,
      sha256: try EncoderFingerprint.cached(folder: url, environment: environment),
      encoderPath: url.path)
    self.observer = observer
    core = EngineCore(
      encoder: encoder, threads: threads ?? Parallel.availableThreads, limits: limits,
      observer: observer)
    core.start()
  }

  deinit {
    let core = core
    Task { await core.close() }
  }

  /// Takes nothing more; returns when what was taken is done.
  public func close() async { await core.close() }

  /// About how many rows wait.
  public var waitingRows: Int { core.waitingRows }

  /// Whether it takes anything still.
  public var isOpen: Bool { core.isOpen }

  /// Whether a request would be taken on now.
  ///
  /// - Throws: `EngineError.busy` or `closing`.
  public func checkRoom() throws(EngineError) { try core.checkRoom() }

  /// The spans of each sentence, by words.
  ///
  /// - Parameters:
  ///   - sentences: the words of each.
  ///   - deadline: when nobody wants them any more.
  ///   - admission: whether they are refused where too much waits.
  /// - Throws: `EngineError`; `CancellationError` where the task was cancelled; `LayoutError`; `NotFinite` where the adapter is
  ///   worth nothing.
  public func tag(
    sentences: [[String]], adapter: LoadedAdapter, deadline: ContinuousClock.Instant? = nil,
    admission: Admission = .ifRoom
  ) async throws -> [[ScoredSpan]] {
    guard case .tagger(let layouts, let decoder) = adapter.reader else {
      throw Self.otherTask(adapter, wanted: .ner)
    }
    let begun = ContinuousClock.now
    let windows = try sentences.map(layouts.windows)
    let all = windows.flatMap { $0 }
    observer?.tokenized(ContinuousClock.now - begun, windows: all.count)
    let rows = all.reduce(0) { $0 + $1.rows.count }
    let logits = try await logits(
      EngineJob(adapter: adapter, windows: .layouts(all), deadline: deadline),
      rows: all.isEmpty ? 0 : (rows - 1) / all.count + 1, admission)
    let decoding = ContinuousClock.now
    defer { observer?.decoded(ContinuousClock.now - decoding) }
    return try TokenClassifier.joined(logits, by: windows).map { try decoder.prediction($0).spans }
  }

  /// The spans of raw text, by 0-based, half-open offsets in Unicode scalars.
  ///
  /// - Throws: as `tag(sentences:adapter:deadline:)`; `EngineError.unknownAdapter`.
  public func tag(
    text: String, adapter: String, deadline: ContinuousClock.Instant? = nil
  ) async throws -> [TextSpan] {
    let split = splitter.split(text)
    let spans = try await tag(
      sentences: split.sentences.map { split.words(of: $0) },
      adapter: try adapters.adapter(name: adapter), deadline: deadline)
    return split.spans(spans)
  }

  /// What is found in a passage, or why it cannot be asked.
  ///
  /// - Throws: `EngineError`; `CancellationError` where the task was cancelled; `QuestionError` where the question
  ///   cannot be asked of the passage; `NotFinite` where the adapter is worth nothing.
  public func answers(
    to request: PassageQuestion, adapter: LoadedAdapter,
    deadline: ContinuousClock.Instant? = nil, admission: Admission = .ifRoom
  ) async throws -> PassageAnswers {
    guard case .answerer(let layouts, let decoder) = adapter.reader else {
      throw Self.otherTask(adapter, wanted: .qa)
    }
    let begun = ContinuousClock.now
    let context = layouts.tokenize(request.context)
    let plan = try layouts.windows(
      question: layouts.tokenize(request.question), context: context)
    observer?.tokenized(ContinuousClock.now - begun, windows: plan.count)
    let logits = try await logits(
      EngineJob(adapter: adapter, windows: .plan(plan), deadline: deadline),
      rows: plan.count == 1 ? plan[0].rows.count : layouts.answering.windowRows, admission)
    let decoding = ContinuousClock.now
    defer { observer?.decoded(ContinuousClock.now - decoding) }
    var candidates = SpanCandidates(maximumWords: layouts.answering.maximumWords)
    for (window, logits) in logits.enumerated() { candidates.add(plan[window], logits: logits) }
    return try PassageAnswers(candidates, decoder: decoder, context: context)
  }

  private static func otherTask(
    _ adapter: LoadedAdapter, wanted: AdapterConfiguration.Task
  ) -> EngineError {
    .otherTask(
      name: adapter.name, task: adapter.configuration.task.rawValue, wanted: wanted.rawValue)
  }

  /// - Parameter rows: of each window, about.
  private func logits(
    _ job: EngineJob, rows: Int, _ admission: Admission
  ) async throws -> [[Float]] {
    guard job.windows.count > 0 else { return [] }
    try Task.checkCancellation()
    let core = core
    try core.submit(job, rows: rows, admission)
    return try await withTaskCancellationHandler {
      try await job.logits()
    } onCancel: {
      core.withdraw(job)
    }
  }
}
