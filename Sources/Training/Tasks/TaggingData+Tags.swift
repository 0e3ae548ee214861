import Foundation
import Tasks

extension TaggingData {
  /// The entropy of the tags' frequencies in the training corpus, in nats: the loss of a word for a
  /// model that knows nothing but how frequent the tags are.
  var tagEntropy: Double {
    var counts = Array(repeating: 0, count: tagSet.count)
    for example in examples {
      for tag in example.targets { counts[tag] += 1 }
    }
    let total = Double(max(1, counts.reduce(0, +)))
    return counts.reduce(0) { entropy, count in
      guard count > 0 else { return entropy }
      let share = Double(count) / total
      return entropy - share * log(share)
    }
  }
}
