import Kernels
import Tasks

/// Which examples go into which step of which epoch.
struct BatchPlan: Sendable {
  let size: TrainingConfiguration.BatchSize
  /// Words of each example.
  let weights: [Int]
  let seed: UInt64

  /// The batches of an epoch as indices of examples, shuffled by the seed and the epoch's number.
  func batches(epoch: Int) -> [[Int]] {
    var random = RandomStream(seed: seed, purpose: "order of examples", epoch)
    let order = weights.indices.shuffled(using: &random)
    var batches: [[Int]] = []
    var batch: [Int] = []
    var filled = 0
    for example in order {
      batch.append(example)
      filled += weights[example]
      let isFull =
        switch size {
        case .words(let limit): filled >= limit
        case .sentences(let limit), .questions(let limit): batch.count >= limit
        }
      if isFull {
        batches.append(batch)
        batch = []
        filled = 0
      }
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }

  /// Steps of all epochs together: batches by words differ in number from epoch to epoch.
  func stepCount(epochs: Int) -> Int {
    (0..<epochs).reduce(0) { $0 + batches(epoch: $1).count }
  }
}
