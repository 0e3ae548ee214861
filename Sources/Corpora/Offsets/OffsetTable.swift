/// Finds the scalars of a text by offsets in another unit.
struct OffsetTable {
  /// Where each scalar begins, and where the text ends; nil where every scalar is one unit.
  private let starts: [Int]?
  /// The text's length in units.
  let length: Int

  init(_ scalars: ArraySlice<Unicode.Scalar>, _ unit: OffsetUnit) {
    let isPlain =
      switch unit {
      case .scalars: true
      case .utf16: scalars.allSatisfy { $0.value < 0x10000 }
      case .bytes: scalars.allSatisfy(\.isASCII)
      case .scalarsOfLines: !scalars.contains("\r")
      }
    guard !isPlain else {
      starts = nil
      length = scalars.count
      return
    }
    var starts: [Int] = []
    starts.reserveCapacity(scalars.count + 1)
    var position = 0
    for index in scalars.indices {
      starts.append(position)
      let scalar = scalars[index]
      let next = index + 1
      let isLeftOut =
        unit == .scalarsOfLines && scalar == "\r" && next < scalars.endIndex
        && scalars[next] == "\n"
      position += isLeftOut ? 0 : unit.length(scalar)
    }
    starts.append(position)
    self.starts = starts
    length = position
  }

  /// The scalar that begins at an offset (the text's end included); nil outside of the text and
  /// inside a scalar.
  func scalar(at offset: Int) -> Int? {
    guard offset >= 0, offset <= length else { return nil }
    guard let starts else { return offset }
    let index = starts.partitioningIndex { $0 >= offset }
    return starts[index] == offset ? index : nil
  }
}
