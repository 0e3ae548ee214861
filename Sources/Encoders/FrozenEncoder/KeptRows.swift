/// The rows of a layer that something reads, moved together as they come.
struct KeptRows {
  /// nil for all.
  private let read: [Range<Int>]?
  private var next = 0
  /// How many there are so far.
  private(set) var count = 0
  /// Whose prompts each row has that comes, and each that is kept; none where all have the same.
  private let owners: [Int]
  private var keptOwners: [Int] = []

  init(_ read: [Range<Int>]?, owners: [Int]) {
    self.read = read
    self.owners = owners
  }

  /// Those of some kept rows.
  func owners(_ rows: Range<Int>) -> [Int] {
    keptOwners.isEmpty ? [] : Array(keptOwners[rows])
  }

  /// Of the rows that come, moves those that are read to the front: of `context`, which has these rows alone,
  /// and of `hidden`, which has all, behind those that came before.
  mutating func keep(
    _ rows: Range<Int>, of hidden: UnsafeMutablePointer<Float>,
    _ context: UnsafeMutablePointer<Float>, columns: Int
  ) {
    let first = count
    guard let read else {
      count += rows.count
      if !owners.isEmpty { keptOwners += owners[rows] }
      return
    }
    while next < read.count, read[next].lowerBound < rows.upperBound {
      for row in read[next] {
        let (from, to) = (row - rows.lowerBound, count - first)
        (context + to * columns).update(from: context + from * columns, count: columns)
        (hidden + count * columns).update(from: hidden + row * columns, count: columns)
        if !owners.isEmpty { keptOwners.append(owners[row]) }
        count += 1
      }
      next += 1
    }
  }
}
