import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Testing

@testable import Training

/// The built program.
private enum Program {
  /// `enxerto`, which stands beside the tests' own program.
  static let url: URL? = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = tests.deletingLastPathComponent().appendingPathComponent("enxerto")
    return FileManager.default.isExecutableFile(atPath: beside.path) ? beside : nil
  }()
}

/// The program killed at random moments leaves nothing half-done.
@Suite(.enabled(if: Program.url != nil, "enxerto is not built beside the tests"))
struct KilledTests {
  private struct Ended {
    var code: Int32
    var isKilled: Bool
    var errors: String
    var seconds: Double
  }

  /// - Parameter seconds: when it is killed; nil: never.
  private func train(
    _ output: String, _ options: [String], in place: URL, resumes: Bool,
    killedAfter seconds: Double? = nil
  ) throws -> Ended {
    let process = Process()
    process.executableURL = Program.url
    process.currentDirectoryURL = place
    process.environment = ["XDG_CACHE_HOME": place.appendingPathComponent("cache").path]
    process.arguments =
      [
        "train", "ner", "--corpus", "train.conll", "--dev", "dev.conll", "--encoder",
        TinyEncoder.url.path, "--output", output, "--template", "{soft:2} {text}",
        "--reparameterization-size", "4", "--reparameterization-dropout", "0.2", "--epochs", "12",
        "--batch-words", "60", "--threads", "1",
      ] + options + (resumes ? ["--resume"] : [])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    if let seconds {
      Thread.sleep(forTimeInterval: seconds)
      kill(process.processIdentifier, SIGKILL)
    }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Ended(
      code: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
      errors: text, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func conll(_ sentences: [Sentence]) -> Data {
    var text = ""
    for sentence in sentences {
      for (index, word) in sentence.words.enumerated() {
        let tag = sentence.spans.first { $0.words.contains(index) }.map { "B-" + $0.label }
        text += "\(word.text)\t\(tag ?? "O")\n"
      }
      text += "\n"
    }
    return Data(text.utf8)
  }

  /// The second run begins again, from rates at which nothing is finite.
  @Test(arguments: [
    ([], 14), (["--learning-rate", "3e38", "--head-learning-rate", "3e38"], 6),
  ])
  func leavesTheOldFolderOrTheNewOne(options: [String], repetitions: Int) throws {
    let place = try Workplace()
    try conll(learnableSentences(40, seed: 1)).write(
      to: place.url.appendingPathComponent("train.conll"))
    try conll(learnableSentences(10, seed: 2)).write(
      to: place.url.appendingPathComponent("dev.conll"))
    let whole = try train("whole", options, in: place.url, resumes: false)
    try #require(whole.code == 0, "\(whole.errors)")
    #expect(whole.errors.contains("it begins again") == !options.isEmpty)
    let expected = try contents(of: place.url.appendingPathComponent("whole"))

    let seed = UInt64.random(in: 0...UInt64.max)
    print("killed at moments of seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "moments")
    var (kills, resumed, strays) = (0, 0, 0)
    for repetition in 0..<repetitions {
      let name = "killed\(repetition)"
      let output = place.url.appendingPathComponent(name)
      var exists: Bool { FileManager.default.fileExists(atPath: output.path) }
      // Killed once or twice, then left to end.
      for _ in 0..<(1 + random.next() % 2) {
        let moment = Double(random.uniform()) * whole.seconds
        let ended = try train(
          name, options, in: place.url, resumes: exists, killedAfter: moment)
        #expect(ended.isKilled || ended.code == 0, "seed \(seed): \(ended.errors)")
        kills += ended.isKilled ? 1 : 0
        strays += place.names.contains { $0.hasPrefix(".\(name).saving-") } ? 1 : 0
        guard exists else { continue }
        // Complete: adapter, state and log.
        _ = try Adapter(folder: output)
        let state = try SafetensorsFile(
          mapping: output.appendingPathComponent("training.safetensors"))
        #expect(state.metadata["progress"] != nil)
        _ = try TrainingLog(folder: output)
      }
      resumed += exists ? 1 : 0
      let last = try train(name, options, in: place.url, resumes: exists)
      #expect(last.code == 0, "seed \(seed), repetition \(repetition): \(last.errors)")
      #expect(
        try contents(of: output) == expected, "seed \(seed), repetition \(repetition)")
      #expect(!place.names.contains { $0.hasPrefix(".") }, "\(place.names)")
    }
    print(
      "\(kills) kills in runs of \(whole.seconds) s; \(resumed) resumed; \(strays) left a stray")
    #expect(kills > repetitions / 3)
  }
}
