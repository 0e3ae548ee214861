package import Kernels

/// Dropout of an encoder's hidden rows while prompts are trained: behind the embedding, and of what
/// attention and the feed-forward block add, where BERT was trained with it (Devlin et al. 2019).
package struct EncoderDropout: Sendable {
  /// In [0, 1).
  package var rate: Float
  /// Draws the masks.
  package var random: RandomStream

  package init(rate: Float, random: RandomStream) {
    self.rate = rate
    self.random = random
  }

  mutating func forward(_ x: inout Matrix, cache: inout Dropout.Cache) {
    guard rate > 0 else { return }
    Dropout.forward(&x, rate: rate, using: &random, cache: &cache)
  }
}
