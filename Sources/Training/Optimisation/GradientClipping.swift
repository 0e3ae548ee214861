import CKernels
package import Kernels

/// Clipping by the norm of all gradients together (Pascanu et al. 2013; equal to
/// `torch.nn.utils.clip_grad_norm_`).
package enum GradientClipping {
  /// Scales the gradients so that their norm is at most `maximum`; returns the norm before.
  @discardableResult
  package static func clip(_ model: inout some Parameterized, maximum: Float) -> Float {
    var squares = 0.0
    model.visitParameters { parameter in
      let gradient = parameter.gradient
      squares += Double(enx_dot(gradient.storage, gradient.storage, gradient.count))
    }
    let norm = Float(squares.squareRoot())
    guard norm > maximum else { return norm }
    let factor = maximum / (norm + 1e-6)
    model.visitParameters { $0.gradient.scale(by: factor) }
    return norm
  }
}
