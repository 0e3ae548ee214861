/// How answers are looked for in a passage.
public struct AnsweringConfiguration: Codable, Hashable, Sendable {
  /// The most rows of one window: a long passage is read in several.
  public var windowRows: Int
  /// How many wordpieces of the passage neighbouring windows share at the least.
  public var stride: Int
  /// The most words of an answer, as the encoder's tokenizer counts them.
  public var maximumWords: Int
  /// By how much "no answer" may be likelier than the best answer, as the logarithm of their ratio, before it is what
  /// is said; nil: an answer is always given.
  public var nullThreshold: Double?

  public static let usualRows = 320
  public static let usualStride = 96

  /// The windows are those of Devlin et al. 2019's public implementation (384 rows, 128 shared) made smaller, for
  /// encoders that were trained on shorter inputs; the most words are its own (30).
  public init(
    windowRows: Int = usualRows, stride: Int = usualStride, maximumWords: Int = 30,
    nullThreshold: Double? = nil
  ) {
    self.windowRows = windowRows
    self.stride = stride
    self.maximumWords = maximumWords
    self.nullThreshold = nullThreshold
  }
}
