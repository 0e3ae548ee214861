/// The learning rates of the two groups of trained values.
public struct LearningRates: Codable, Hashable, Sendable {
  /// Of the prompts and their reparameterization.
  public var prompt: Float
  /// Of what stands above the encoder: the mix of layers, the head, a CRF behind it.
  public var head: Float

  public init(prompt: Float, head: Float) {
    self.prompt = prompt
    self.head = head
  }

  /// The rate of a parameter by its name.
  func rate(of name: String) -> Float {
    ["mix.", "head.", "crf."].contains { name.hasPrefix($0) } ? head : prompt
  }

  /// What a run that failed at these rates tries next: a third of each, or the usual rates where
  /// these are lower still, as after a slip in the exponent.
  func lowered(usual: LearningRates) -> LearningRates {
    func lower(_ rate: Float, _ usual: Float) -> Float {
      usual > 0 ? min(rate / 3, usual) : rate / 3
    }
    return LearningRates(prompt: lower(prompt, usual.prompt), head: lower(head, usual.head))
  }

  /// Whether both are at most a third of the usual ones: then a run that learns nothing needs
  /// higher rates, not lower ones.
  func areLow(usual: LearningRates) -> Bool {
    prompt <= usual.prompt / 3 && head <= usual.head / 3
  }
}

/// Which rates are looked for before training begins (`--learning-rate auto`).
public enum LearningRateSearch: String, Codable, Hashable, Sendable {
  /// None: they are as given.
  case none
  /// Those of prompts and head, in the ratio in which they are given.
  case both
  /// That of the prompts; the head's is as given.
  case prompt
}
