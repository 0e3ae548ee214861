/// Turns offsets in UTF-16 units into offsets in Unicode scalars, and back.
struct UTF16Offsets {
  /// The unit at which each scalar of two units begins, ascending.
  private var pairs: [Int] = []
  let units: Int
  let scalars: Int

  init(_ text: String) {
    var (units, scalars) = (0, 0)
    for scalar in text.unicodeScalars {
      if scalar.value > 0xFFFF {
        pairs.append(units)
        units += 1
      }
      units += 1
      scalars += 1
    }
    self.units = units
    self.scalars = scalars
  }

  /// nil for a unit beyond the text or inside a pair.
  func scalar(atUnit unit: Int) -> Int? {
    guard (0...units).contains(unit) else { return nil }
    guard !pairs.isEmpty else { return unit }
    let before = pairs.partitioningIndex { $0 >= unit }
    if before > 0, pairs[before - 1] == unit - 1 { return nil }
    return unit - before
  }

  /// - Parameter scalar: inside the text.
  func unit(atScalar scalar: Int) -> Int {
    guard !pairs.isEmpty else { return scalar }
    // The pair of index i is the scalar pairs[i] - i.
    var (low, high) = (0, pairs.count)
    while low < high {
      let middle = (low + high) / 2
      if pairs[middle] - middle >= scalar { high = middle } else { low = middle + 1 }
    }
    return scalar + low
  }
}

/// Whole numbers as runs: `3-7 9`.
struct NumberRuns {
  private(set) var runs: [ClosedRange<Int>] = []

  var isEmpty: Bool { runs.isEmpty }

  init() {}

  /// What is no run is passed over; runs that do not ascend are put in order.
  init(_ text: String) {
    for word in text.utf8.split(separator: UInt8(ascii: " ")) {
      let ends = word.split(separator: UInt8(ascii: "-")).map { Int(String(Substring($0))) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first <= last
      else { continue }
      runs.append(first...last)
    }
    runs.sort { $0.lowerBound < $1.lowerBound }
  }

  mutating func insert(_ number: Int) {
    if let last = runs.last, last.upperBound == number - 1 {
      runs[runs.count - 1] = last.lowerBound...number
    } else {
      runs.append(number...number)
    }
  }

  func contains(_ number: Int) -> Bool {
    let after = runs.partitioningIndex { $0.lowerBound > number }
    return after > 0 && runs[after - 1].contains(number)
  }

  var text: String {
    runs.map { run in
      run.lowerBound == run.upperBound
        ? String(run.lowerBound) : "\(run.lowerBound)-\(run.upperBound)"
    }.joined(separator: " ")
  }
}
