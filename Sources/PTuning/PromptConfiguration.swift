/// What an adapter adds to its encoder, and how that begins.
public struct PromptConfiguration: Codable, Hashable, Sendable {
  /// Of the soft rows.
  public var reparameterization: Reparameterization
  /// h of the reparameterization: the LSTM's states a direction, or the MLP's width; nil takes the
  /// encoder's hidden size, as PEFT does.
  public var reparameterizationSize: Int?
  /// Between the LSTM's layers, in [0, 1); PEFT's default is 0.
  public var reparameterizationDropout: Float
  /// The embeddings begin from N(0, deviation²). Word embeddings of BERT have a deviation of about
  /// 0.04 to 0.05.
  public var deviation: Float
  /// Keys and values at the layers; nil: none.
  public var deep: DeepPromptConfiguration?
  /// Whether the shape of each word has a trained embedding.
  public var usesShapes: Bool

  public init(
    reparameterization: Reparameterization = .lstm, reparameterizationSize: Int? = nil,
    reparameterizationDropout: Float = 0, deviation: Float = 0.05,
    deep: DeepPromptConfiguration? = nil, usesShapes: Bool = false
  ) {
    self.reparameterization = reparameterization
    self.reparameterizationSize = reparameterizationSize
    self.reparameterizationDropout = reparameterizationDropout
    self.deviation = deviation
    self.deep = deep
    self.usesShapes = usesShapes
  }

  /// The position of a text's first row.
  public var firstPosition: Int { deep?.firstPosition ?? 0 }
}

extension PromptConfiguration {
  /// Adapters of format version 1 know neither deep prompts nor shapes.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      reparameterization: try values.decode(Reparameterization.self, forKey: .reparameterization),
      reparameterizationSize: try values.decodeIfPresent(
        Int.self, forKey: .reparameterizationSize),
      reparameterizationDropout: try values.decode(
        Float.self, forKey: .reparameterizationDropout),
      deviation: try values.decode(Float.self, forKey: .deviation),
      deep: try values.decodeIfPresent(DeepPromptConfiguration.self, forKey: .deep),
      usesShapes: try values.decodeIfPresent(Bool.self, forKey: .usesShapes) ?? false)
  }
}
