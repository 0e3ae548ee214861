import CKernels
import Foundation

/// −log softmax(logits)[target], summed over rows.
package enum CrossEntropy {
  /// The summed loss of logits [rows, classes]; `logits` becomes its gradient, softmax − one-hot,
  /// multiplied by `scale` (1 / rows of the whole batch for a mean).
  package static func forwardBackward(
    _ logits: inout Matrix, targets: [Int], scale: Float
  ) -> Double {
    precondition(targets.count == logits.rows)
    let (rows, classes) = (logits.rows, logits.columns)
    var loss = 0.0
    logits.storage.withUnsafeMutableBufferPointer { logits in
      guard let logits = logits.baseAddress else { return }
      for row in 0..<rows {
        let values = logits + row * classes
        let largest = enx_max(values, classes)
        let chosen = values[targets[row]] - largest
        let sum = enx_exp_sum(values, largest, values, classes)
        loss += Double(log(sum) - chosen)
        let factor = scale / sum
        for i in 0..<classes { values[i] *= factor }
        values[targets[row]] -= scale
      }
    }
    return loss
  }
}
