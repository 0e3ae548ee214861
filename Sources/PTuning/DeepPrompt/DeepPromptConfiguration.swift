/// How deep prompts (prefix tuning, Li and Liang 2021; P-tuning v2, Liu et al. 2022) are made and
/// begin.
public struct DeepPromptConfiguration: Codable, Hashable, Sendable {
  /// What produces the keys and values while training; folded away when an adapter is saved.
  public enum Reparameterization: String, Codable, CaseIterable, Hashable, Sendable {
    /// They are trained themselves (P-tuning v2).
    case none
    /// embedding [N, H] → Linear(H, h) → tanh → Linear(h, layers · 2 · H) (Li and Liang 2021, section
    /// 4.3, as in `PrefixEncoder` of P-tuning v2 and PEFT).
    case mlp

    /// The deviation that keys and values, or the MLP's embedding, begin with unless said: the best of
    /// what was measured (`docs/results.md`).
    public var usualDeviation: Float { self == .mlp ? 0.02 : 0.2 }
  }

  /// What the keys and values begin as.
  public enum Initialisation: Codable, Hashable, Sendable {
    /// N(0, deviation²).
    case normal
    case zero
    /// The keys and values that the encoder makes of a text, repeated or cut to N rows.
    case text(String)
  }

  /// Which positions the rows of the text have.
  public enum Positions: String, Codable, CaseIterable, Hashable, Sendable {
    /// 0, 1, 2, …: the prompts live in attention alone.
    case unmoved
    /// N, N + 1, …: as if the prompts were rows before the text (P-tuning v2, PEFT). They count
    /// towards the encoder's window.
    case shifted
  }

  /// N, keys and values a layer.
  public var rows: Int
  /// The lowest layer that has any, from 0.
  public var firstLayer: Int
  public var reparameterization: Reparameterization
  /// h of the MLP.
  public var reparameterizationSize: Int
  /// Of keys and values while training, in [0, 1).
  public var dropout: Float
  public var initialisation: Initialisation
  /// Of `normal`, and of the embedding under an MLP.
  public var deviation: Float
  public var positions: Positions

  public init(
    rows: Int, firstLayer: Int = 0, reparameterization: Reparameterization = .none,
    reparameterizationSize: Int = 512, dropout: Float = 0, initialisation: Initialisation = .normal,
    deviation: Float? = nil, positions: Positions = .unmoved
  ) {
    self.rows = rows
    self.firstLayer = firstLayer
    self.reparameterization = reparameterization
    self.reparameterizationSize = reparameterizationSize
    self.dropout = dropout
    self.initialisation = initialisation
    self.deviation = deviation ?? reparameterization.usualDeviation
    self.positions = positions
  }

  /// The position of a text's first row.
  public var firstPosition: Int { positions == .shifted ? rows : 0 }
}
