import CKernels
import Foundation
package import Kernels

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2; equal to
/// `torch.optim.AdamW`).
package struct AdamW: Sendable {
  /// The decay rates of the moments, the ε beside the root, and the decay of the values; the
  /// defaults are those of PyTorch, whose decay is stated always.
  package struct Settings: Sendable {
    package var beta1: Float = 0.9
    package var beta2: Float = 0.999
    package var epsilon: Float = 1e-8
    package var weightDecay: Float

    package init(weightDecay: Float) { self.weightDecay = weightDecay }
  }

  /// Running means of a parameter's gradient and of its square, in the parameter's shape.
  package struct Moments: Sendable {
    package var first: [Float]
    package var second: [Float]
  }

  /// Steps taken.
  package private(set) var step: Int
  /// By the parameter's name.
  package private(set) var moments: [String: Moments]
  private let settings: Settings

  package init(weightDecay: Float, step: Int = 0, moments: [String: Moments] = [:]) {
    self.init(Settings(weightDecay: weightDecay), step: step, moments: moments)
  }

  package init(_ settings: Settings, step: Int = 0, moments: [String: Moments] = [:]) {
    self.settings = settings
    self.step = step
    self.moments = moments
  }

  /// Changes every parameter by its gradient.
  ///
  /// - Parameters:
  ///   - threads: what a large parameter is shared out among; each value's change is the same for any number.
  ///   - rate: the learning rate of the parameter with a name.
  package mutating func update(
    _ model: inout some Parameterized, threads: Int = 1, rate: (_ name: String) -> Float
  ) {
    step += 1
    let correction1 = Float(1 - pow(Double(settings.beta1), Double(step)))
    let correction2 = Float(1 - pow(Double(settings.beta2), Double(step)))
    model.visitParameters { parameter in
      let count = parameter.value.count
      moments[
        parameter.name,
        default: Moments(
          first: Array(repeating: 0, count: count), second: Array(repeating: 0, count: count))
      ].update(
        &parameter, threads: threads, rate: rate(parameter.name), settings: settings,
        correction1: correction1, correction2: correction2)
    }
  }
}

extension AdamW.Moments {
  fileprivate mutating func update(
    _ parameter: inout Parameter, threads: Int, rate: Float, settings: AdamW.Settings,
    correction1: Float, correction2: Float
  ) {
    let count = parameter.value.count
    parameter.value.storage.withUnsafeMutableBufferPointer { value in
      parameter.gradient.storage.withUnsafeBufferPointer { gradient in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            guard let value = value.baseAddress, let gradient = gradient.baseAddress,
              let first = first.baseAddress, let second = second.baseAddress
            else { return }
            let (values, gradients) = (SharedFloats(value), SharedFloats(reading: gradient))
            let (firsts, seconds) = (SharedFloats(first), SharedFloats(second))
            Parallel.forEachRange(of: count, threads: threads) { range in
              let from = range.lowerBound
              enx_adamw(
                values.from(from), gradients.from(from), firsts.from(from), seconds.from(from),
                range.count, rate, settings.beta1, settings.beta2, settings.epsilon,
                settings.weightDecay, correction1, correction2)
            }
          }
        }
      }
    }
  }
}
