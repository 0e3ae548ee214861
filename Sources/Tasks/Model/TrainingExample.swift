package import Kernels
package import PTuning

/// A window with what a model should say of it.
package protocol TrainingExample: Sendable {
  /// What the loss is computed in, kept from step to step for its buffers.
  associatedtype Workspace: Sendable

  var window: Layout { get }
  /// How many losses it has part in: words, or one for a question.
  var lossCount: Int { get }

  static func makeWorkspace() -> Workspace

  /// The summed loss of the examples, in nats; `logits` becomes its gradient, multiplied by `scale`.
  ///
  /// - Parameters:
  ///   - logits: of the rows that the head reads, example after example.
  ///   - crf: where the model has one, it gains its gradients.
  static func loss(
    of examples: [Self], logits: inout Matrix, crf: inout LinearChainCRF?, scale: Float,
    workspace: inout Workspace
  ) -> Double
}
