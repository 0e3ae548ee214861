public import Inference
import Synchronization

/// What a service measures, in Prometheus's text format (version 0.0.4).
public final class ServiceMetrics: EngineObserver {
  private let tokenize = Histogram.ofTime()
  private let queue = Histogram.ofTime()
  private let encode = Histogram.ofTime()
  private let decode = Histogram.ofTime()
  private let rows = Histogram(bounds: [16, 32, 64, 128, 256, 512, 1024])
  private let mix = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64])
  private let requests = Mutex([Key: Histogram]())
  private let items = Mutex([String: Int]())

  private struct Key: Hashable, Comparable {
    var method: String
    var path: String
    var status: Int

    static func < (a: Key, b: Key) -> Bool {
      (a.path, a.method, a.status) < (b.path, b.method, b.status)
    }

    var labels: String { "method=\"\(method)\",path=\"\(path)\",status=\"\(status)\"" }
  }

  public init() {}

  public func tokenized(_ time: Duration, windows: Int) { tokenize.observe(time) }
  public func waited(_ time: Duration) { queue.observe(time) }
  public func encoded(_ time: Duration, rows count: Int, windows: Int, adapters: Int) {
    encode.observe(time)
    rows.observe(Double(count))
    mix.observe(Double(adapters))
  }
  public func decoded(_ time: Duration) { decode.observe(time) }

  /// - Parameter path: as the router has it, without names of adapters in it.
  func answered(method: String, path: String, status: Int, _ time: Duration) {
    let key = Key(method: method, path: path, status: status)
    requests.withLock { requests in
      let histogram = requests[key] ?? .ofTime()
      requests[key] = histogram
      return histogram
    }.observe(time)
  }

  /// What is no request of HTTP, and so comes to no path.
  func refusedHead() { answered(method: "other", path: "NotFound", status: 400, .zero) }

  /// An item of a batch or a stream.
  ///
  /// - Parameter problem: why it could not be done; nil: it was.
  func ended(_ problem: Problem.Kind?) {
    items.withLock { $0[problem?.rawValue ?? "ok", default: 0] += 1 }
  }

  /// All of it.
  func text(adapters: Int, waitingRows: Int, inFlight: Int, residentBytes: Int?) -> String {
    var text = ""
    func begin(_ name: String, _ kind: String, _ help: String) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }
    func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
      begin(name, "histogram", help)
      text += histogram.lines(name: name)
    }
    func gauge(_ name: String, _ help: String, _ value: Int) {
      begin(name, "gauge", help)
      text += "\(name) \(value)\n"
    }
    begin(
      "enxerto_request_seconds", "histogram",
      "From a request's head to its answer; of a stream to its end.")
    for (key, histogram) in requests.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      text += histogram.lines(name: "enxerto_request_seconds", labels: key.labels)
    }
    begin("enxerto_items_total", "counter", "Items of batches and streams, by what came of them.")
    for (result, count) in items.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      text += "enxerto_items_total{result=\"\(result)\"} \(count)\n"
    }
    histogram("enxerto_tokenize_seconds", "From text to windows.", tokenize)
    histogram("enxerto_queue_seconds", "Waiting for the encoder.", queue)
    histogram("enxerto_encode_seconds", "A pass through the encoder.", encode)
    histogram("enxerto_decode_seconds", "From logits to results.", decode)
    histogram("enxerto_pass_rows", "Rows of a pass.", rows)
    histogram("enxerto_pass_adapters", "Adapters that share a pass.", mix)
    gauge("enxerto_adapters", "Adapters loaded.", adapters)
    gauge("enxerto_queue_rows", "Rows that wait.", waitingRows)
    gauge("enxerto_requests_in_flight", "Requests being answered.", inFlight)
    if let residentBytes { gauge("enxerto_resident_bytes", "Resident memory.", residentBytes) }
    return text
  }
}
