import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Testing

@testable import Training

@Suite struct ResumingTests {
  @Test(arguments: [1, 2], [Reparameterization.lstm, .mlp, .none])
  func resumedRunsEndWithTheSameBytes(threads: Int, kind: Reparameterization) throws {
    let place = try Workplace()
    var run = Run(try .short(kind))
    run.threads = threads
    let whole = place.url.appendingPathComponent("whole")
    try run.run(output: whole)
    let expected = try contents(of: whole)
    let total = run.stepCount
    try #require(total >= 9)
    for size in [1, 2, 3, 4, 5, 7, total - 1] {
      let output = place.url.appendingPathComponent("by\(size)")
      let pieces = try runInPieces(run, of: { _ in size }, output: output)
      #expect(pieces >= total / size)
      #expect(try contents(of: output) == expected, "stopped after every \(size) of \(total) steps")
    }
    // A single stop at every place.
    guard kind == .lstm else { return }
    for stop in 1..<total {
      let output = place.url.appendingPathComponent("at\(stop)")
      _ = try runInPieces(run, of: { $0 == 0 ? stop : total }, output: output)
      #expect(try contents(of: output) == expected, "stopped after step \(stop) of \(total)")
    }
  }

  @Test(arguments: ["{text}", "{soft:\"ab c\"} {text} {soft:2}"])
  func otherTemplatesResumeAsWell(_ template: String) throws {
    let place = try Workplace()
    for hasDev in [true, false] {
      var run = Run(try .short(.lstm, template: template))
      if !hasDev { run.dev = [] }
      let whole = place.url.appendingPathComponent("whole")
      let pieces = place.url.appendingPathComponent("pieces\(hasDev)")
      try run.run(output: whole)
      _ = try runInPieces(run, of: { _ in 2 }, output: pieces)
      #expect(try contents(of: pieces) == contents(of: whole))
    }
  }

  @Test func patienceIsRemembered() throws {
    let place = try Workplace()
    var configuration = try TrainingConfiguration.short(.none, epochs: 20)
    configuration.patience = 2
    configuration.learningRate = 0.3
    configuration.headLearningRate = 0.3
    var run = Run(configuration)
    let whole = place.url.appendingPathComponent("whole")
    try run.run(output: whole)
    try #require(run.epochs.count < 20)
    let pieces = place.url.appendingPathComponent("pieces")
    _ = try runInPieces(run, of: { _ in 4 }, output: pieces)
    #expect(try contents(of: pieces) == contents(of: whole))
  }

  @Test func aRunOfOneStepAnEpochCanBeStopped() throws {
    let place = try Workplace()
    var run = Run(try .short(.none, epochs: 4))
    run.configuration.batchSize = .words(1_000_000)
    let whole = place.url.appendingPathComponent("whole")
    try run.run(output: whole)
    let pieces = place.url.appendingPathComponent("pieces")
    #expect(try runInPieces(run, of: { _ in 1 }, output: pieces) == 4)
    #expect(try contents(of: pieces) == contents(of: whole))
  }

  @Test func savingAfterEveryStepChangesNothing() throws {
    let place = try Workplace()
    var run = Run(try .short())
    let (seldom, often) = (
      place.url.appendingPathComponent("seldom"), place.url.appendingPathComponent("often")
    )
    try run.run(output: seldom)
    #expect(run.saveCount == 3)
    run.secondsBetweenSaves = 0
    try run.run(output: often)
    #expect(run.saveCount == run.stepCount)
    #expect(try contents(of: seldom) == contents(of: often))
  }

  @Test func aFinishedRunOnlySaysSo() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short())
    let outcome = try run.run(output: output)
    let before = try contents(of: output)
    run.resumes = true
    let again = try run.run(output: output)
    #expect(again.isFinished && again.bestEpoch == outcome.bestEpoch)
    #expect(again.bestF1 == outcome.bestF1)
    #expect(run.stepCount == 0 && run.saveCount == 0 && run.epochs.isEmpty)
    #expect(run.warnings.count == 1 && run.warnings[0].contains("nothing is left"))
    #expect(try contents(of: output) == before)
    #expect(place.names == ["a"])
  }

  @Test func otherOptionsAreNamed() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short())
    try run.run(output: output, steps: 5)
    run.resumes = true
    let before = try contents(of: output)

    func expectDiffers(_ what: String, _ change: (inout Run) -> Void) throws {
      var other = run
      change(&other)
      #expect {
        try other.trainer(output: output)
      } throws: { error in
        guard case TrainingError.differs(let named, let then, let now) = error else {
          Issue.record("\(what): \(error)")
          return true
        }
        return named.contains(what) && then != now && "\(error)".contains("--resume")
      }
    }
    try expectDiffers("encoder") { $0.sha256 = "another" }
    try expectDiffers("corpus") { $0.training = learnableSentences(40, seed: 3) }
    try expectDiffers("corpus") { $0.training.removeLast() }
    try expectDiffers("corpus") { $0.training.swapAt(0, 1) }
    try expectDiffers("corpus") { $0.dev = [] }
    try expectDiffers("corpus") { $0.training[0].words[0].text += "x" }
    try expectDiffers("--template") { $0.configuration.template = "{soft:4} {text}" }
    try expectDiffers("--template") { $0.configuration.template = "{text}" }
    for kind in [Reparameterization.mlp, .none] {
      try expectDiffers("--reparameterization") {
        $0.configuration.prompt.reparameterization = kind
      }
    }
    try expectDiffers("--reparameterization-size") {
      $0.configuration.prompt.reparameterizationSize = 7
    }
    try expectDiffers("--reparameterization-size") {
      $0.configuration.prompt.reparameterizationSize = nil
    }
    try expectDiffers("--reparameterization-dropout") {
      $0.configuration.prompt.reparameterizationDropout = 0
    }
    try expectDiffers("--epochs") { $0.configuration.epochs = 4 }
    try expectDiffers("batch") { $0.configuration.batchSize = .words(51) }
    try expectDiffers("batch") { $0.configuration.batchSize = .sentences(50) }
    try expectDiffers("--learning-rate") { $0.configuration.learningRate = 1e-3 }
    try expectDiffers("--head-learning-rate") { $0.configuration.headLearningRate = 1e-3 }
    try expectDiffers("--warmup") { $0.configuration.warmup = 0 }
    try expectDiffers("--weight-decay") { $0.configuration.weightDecay = 1e-3 }
    try expectDiffers("--clip") { $0.configuration.maximumGradientNorm = 2 }
    try expectDiffers("--dropout") { $0.configuration.dropout = 0 }
    try expectDiffers("--patience") { $0.configuration.patience = 2 }
    try expectDiffers("--restarts") { $0.configuration.restarts = 0 }
    try expectDiffers("--learning-rate") { $0.configuration.search = .both }
    try expectDiffers("--decoding") { $0.configuration.decoding = .argmax }
    try expectDiffers("--seed") { $0.configuration.seed = 9 }
    #expect(try contents(of: output) == before)
    _ = try run.trainer(output: output)
  }

  @Test func canonicallyEqualTemplatesAreNotTheSame() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(template: "\u{e9} {soft:2} {text}"))
    try run.run(output: output, steps: 2)
    run.resumes = true
    run.configuration.template = "e\u{301} {soft:2} {text}"
    #expect(throws: TrainingError.self) { try run.trainer(output: output) }
  }

  @Test func damagedStatesAreErrors() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(.none))
    // Into the second epoch.
    try run.run(output: output, steps: 7)
    run.resumes = true
    let file = output.appendingPathComponent("training.safetensors")
    let good = try Data(contentsOf: file)

    func expectRefused(_ what: String) {
      do {
        _ = try run.trainer(output: output)
        Issue.record("\(what) was accepted")
      } catch let error as AdapterError {
        #expect(error.path.hasPrefix(output.path), "\(what): \(error)")
      } catch let error as EncoderError {
        #expect(error.path == file.path, "\(what): \(error)")
      } catch {
        Issue.record("\(what): \(error)")
      }
    }
    for (key, value) in [
      ("step", "-1"), ("step", "99"), ("epoch", "-1"), ("epoch", "9"), ("words", "-1"),
      ("words", "9223372036854775807"), ("optimiserStep", "-7"), ("bestEpoch", "-9"),
      ("bestEpoch", "-9223372036854775808"), ("lossSum", "true"),
      ("isBestEarlier", "true"), ("hasFoundRates", "true"),
      ("silentEpochs", "9"), ("stepsAbove", "-1"),
    ] {
      try withProgress(of: good, key, value).write(to: file)
      expectRefused("\(key) \(value)")
    }
    try good.prefix(good.count - 4).write(to: file)
    expectRefused("a short file")
    var nan = good
    nan.replaceSubrange(good.count - 4..<good.count, with: [0, 0, 0xC0, 0x7F])
    try nan.write(to: file)
    expectRefused("a weight that is no number")
    try Data().write(to: file)
    expectRefused("an empty file")
    try FileManager.default.removeItem(at: file)
    expectRefused("no file")
    try good.write(to: file)
    _ = try run.trainer(output: output)
  }

  /// A state with another value in its progress.
  private func withProgress(of good: Data, _ key: String, _ value: String) throws -> Data {
    let length = good.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = String(decoding: good[8..<8 + length], as: UTF8.self)
    let start = try #require(header.range(of: "\\\"\(key)\\\":"), "\(key)").upperBound
    let end = try #require(header[start...].firstIndex { $0 == "," || $0 == "}" })
    header.replaceSubrange(start..<end, with: value)
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    return data + Data(header.utf8) + good[(8 + length)...]
  }
}
