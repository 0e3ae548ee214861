/// Who wants to know what the engine does, for metrics. Called from many threads, and waited for.
public protocol EngineObserver: Sendable {
  /// Text has become windows.
  func tokenized(_ time: Duration, windows: Int)
  /// A request has waited for the encoder to take its first window.
  func waited(_ time: Duration)
  /// Windows have gone through the encoder together.
  func encoded(_ time: Duration, rows: Int, windows: Int, adapters: Int)
  /// Logits have become results.
  func decoded(_ time: Duration)
}
