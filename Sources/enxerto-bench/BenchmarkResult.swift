import Foundation
import Kernels

/// What a measurement of words a second came to.
struct BenchmarkResult: Encodable {
  var task: String
  /// Such as "bf16 by oneDNN 2.6.3".
  var engine: String
  var words_per_second: Double
  var seconds: Double
  var words: Int
  var wordpieces: Int
  var peak_megabytes: Double?

  /// Runs `pass` as often as asked, and takes the median time.
  static func measure(
    _ task: String, _ sentences: [BenchmarkSentence], arithmetic: Arithmetic, repetitions: Int,
    pass: () throws -> Void
  ) rethrows -> BenchmarkResult {
    try pass()  // Touches the mapped weights and grows every buffer.
    let times = try (0..<repetitions).map { _ in try Timing.seconds(of: pass) }
    let seconds = times.median
    let words = sentences.reduce(0) { $0 + $1.first.count }
    return BenchmarkResult(
      task: task, engine: arithmetic.text, words_per_second: Double(words) / seconds,
      seconds: seconds, words: words, wordpieces: sentences.reduce(0) { $0 + $1.ids.count },
      peak_megabytes: PeakMemory.megabytes)
  }
}

extension Encodable {
  /// One line of JSON.
  func write() throws {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    print(String(decoding: try coder.encode(self), as: UTF8.self))
  }
}

enum Timing {
  static func seconds(of body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

extension [Double] {
  var median: Double { sorted()[count / 2] }

  /// The least value that so great a share of all does not exceed.
  func percentile(_ share: Double) -> Double {
    let place = Int((share * Double(count)).rounded(.up)) - 1
    return sorted()[Swift.min(Swift.max(place, 0), count - 1)]
  }
}

/// The most memory that this process has had at once.
enum PeakMemory {
  /// Resident, the mapped weights among it; nil where the system does not say.
  static var megabytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        .flatMap({ Double($0) })
    else { return nil }
    return kilobytes / 1024
  }
}
