extension String {
  /// The text of the scalars. (`UnicodeScalarView.append(contentsOf:)` copies the whole string
  /// each time.)
  @inlinable
  package init(scalars: some Sequence<Unicode.Scalar>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.underestimatedCount)
    for scalar in scalars {
      if scalar.isASCII {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    self = String(decoding: bytes, as: UTF8.self)
  }

  /// How many Unicode scalars there are.
  var scalarCount: Int {
    // Bytes that do not continue a scalar.
    utf8.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  /// Equality of bytes: Swift's `==` takes composed and decomposed accents for equal.
  func hasSameBytes(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }
}

extension Unicode.Scalar {
  /// `White_Space` of Unicode, without a look-up for ASCII.
  var isWhiteSpace: Bool {
    isASCII ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace
  }
}
