import Foundation

/// Time spent on steps, by a clock that nothing sets back.
struct StepClock: Sendable {
  private let secondsBetweenSaves: Double
  private let start = ContinuousClock.now
  private var lastSave = ContinuousClock.now
  private var stepBegan = ContinuousClock.now
  private var stepSeconds = 0.0
  private var steps = 0
  private var words = 0

  init(secondsBetweenSaves: Double) {
    self.secondsBetweenSaves = secondsBetweenSaves
  }

  mutating func begin() { stepBegan = .now }

  mutating func end(words: Int) {
    stepSeconds += Self.seconds(since: stepBegan)
    steps += 1
    self.words += words
  }

  var wordsPerSecond: Double { stepSeconds > 0 ? Double(words) / stepSeconds : 0 }
  var secondsPerStep: Double { steps > 0 ? stepSeconds / Double(steps) : 0 }
  /// Since the run began.
  var seconds: Double { Self.seconds(since: start) }

  /// Whether so much time has passed that a save is due; then the time counts anew.
  var isSaveDue: Bool {
    mutating get {
      guard Self.seconds(since: lastSave) >= secondsBetweenSaves else { return false }
      lastSave = .now
      return true
    }
  }

  private static func seconds(since instant: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - instant) / .seconds(1)
  }
}
