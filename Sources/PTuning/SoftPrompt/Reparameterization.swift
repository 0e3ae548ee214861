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
