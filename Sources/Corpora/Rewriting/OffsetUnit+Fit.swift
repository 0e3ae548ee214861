extension OffsetUnit {
  /// The units that XML formats count in: XML has no carriage returns to leave out.
  static let ofXML: [OffsetUnit] = [.scalars, .utf16, .bytes]

  /// The offset of every scalar, and of the end.
  func offsets(_ scalars: [Unicode.Scalar]) -> [Int] {
    var result = [0]
    result.reserveCapacity(scalars.count + 1)
    var offset = 0
    for scalar in scalars {
      offset += length(scalar)
      result.append(offset)
    }
    return result
  }

  /// Whether the offsets begin and end at scalars that read like `expected`.
  func fits(
    _ range: Range<Int>, _ expected: String, in scalars: [Unicode.Scalar], offsets: [Int]
  ) -> Bool {
    let start = offsets.partitioningIndex { $0 >= range.lowerBound }
    let end = offsets.partitioningIndex { $0 >= range.upperBound }
    guard start < offsets.count, end < offsets.count, start <= end,
      offsets[start] == range.lowerBound, offsets[end] == range.upperBound
    else { return false }
    return scalars[start..<end].elementsEqual(expected.unicodeScalars)
  }
}
