/// What produces the soft rows while training; folded away when an adapter is saved.
public enum Reparameterization: String, Codable, CaseIterable, Hashable, Sendable {
  /// The rows are trained themselves (Lester et al. 2021, prompt tuning).
  case none
  /// embedding [P, H] → Linear(H, h) → ReLU → Linear(h, h) → ReLU → Linear(h, H): `PromptEncoder`
  /// of PEFT with `encoder_reparameterization_type="MLP"`.
  case mlp
  /// embedding [P, H] → 2-layer bidirectional LSTM, h a direction → Linear(2h, 2h) → ReLU →
  /// Linear(2h, H): P-tuning (Liu et al. 2021, "GPT Understands, Too", section 3.2), in the widths of
  /// PEFT's `PromptEncoder`.
  case lstm
}

/// How soft prompts are made and begin.
public struct PromptConfiguration: Codable, Hashable, Sendable {
  public var reparameterization: Reparameterization
  /// h above: the LSTM's states a direction, or the MLP's width; nil takes the encoder's hidden
  /// size, as PEFT does.
  public var reparameterizationSize: Int?
  /// Between the LSTM's layers, in [0, 1); PEFT's default is 0.
  public var reparameterizationDropout: Float
  /// The embeddings begin from N(0, deviation²). Word embeddings of BERT have a deviation of about
  /// 0.04 to 0.05.
  public var deviation: Float

  public init(
    reparameterization: Reparameterization = .lstm, reparameterizationSize: Int? = nil,
    reparameterizationDropout: Float = 0, deviation: Float = 0.05
  ) {
    self.reparameterization = reparameterization
    self.reparameterizationSize = reparameterizationSize
    self.reparameterizationDropout = reparameterizationDropout
    self.deviation = deviation
  }
}
