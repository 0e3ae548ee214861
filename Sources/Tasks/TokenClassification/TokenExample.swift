package import Kernels
package import PTuning

/// A window of a sentence with the tag index of each word that it answers for.
package struct TokenExample: TrainingExample {
  package var window: Layout
  package var targets: [Int]
  /// The target of the word before the first; nil where the sentence begins with it.
  package var previous: Int?
  /// Whether the sentence goes on after the last word.
  package var isContinued: Bool

  package init(
    window: Layout, targets: [Int], previous: Int? = nil, isContinued: Bool = false
  ) {
    self.window = window
    self.targets = targets
    self.previous = previous
    self.isContinued = isContinued
  }

  package var lossCount: Int { targets.count }

  package static func makeWorkspace() -> LinearChainCRF.Workspace { LinearChainCRF.Workspace() }

  /// The CRF's loss of the tag sequences, or the cross entropy of each tag.
  package static func loss(
    of examples: [TokenExample], logits: inout Matrix, crf: inout LinearChainCRF?, scale: Float,
    workspace: inout LinearChainCRF.Workspace
  ) -> Double {
    let targets = examples.flatMap(\.targets)
    guard crf != nil else {
      return CrossEntropy.forwardBackward(&logits, targets: targets, scale: scale)
    }
    return crf?.forwardBackward(
      &logits, pieces: examples.map(\.piece), targets: targets, scale: scale,
      workspace: &workspace) ?? 0
  }

  /// As a CRF sees it.
  private var piece: LinearChainCRF.Piece {
    LinearChainCRF.Piece(length: targets.count, previous: previous, isContinued: isContinued)
  }
}
