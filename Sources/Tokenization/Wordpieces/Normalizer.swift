/// Takes normalised scalars one by one.
protocol NormalizedScalarSink {
  /// `source` is the index, in scalars, of the scalar of the original text that `scalar` came from.
  mutating func append(_ scalar: UInt32, source: Int)
}

/// The reference tokenizer's `BertNormalizer`: clean, isolate ideographs, decompose and strip marks,
/// lower-case. One pass; every scalar that comes out knows the scalar that it came from.
struct Normalizer: Sendable, Hashable {
  /// Takes out control characters, U+0000 and U+FFFD, and makes white space plain spaces.
  var cleansText = true
  /// Puts spaces around CJK ideographs.
  var isolatesIdeographs = true
  /// Decomposes canonically and takes out nonspacing marks.
  var stripsMarks = true
  /// Maps every scalar to lower case on its own (no context: a final Σ becomes σ).
  var lowercases = true

  /// Normalises `text`, which must be valid UTF-8, into `sink`. Returns its count of scalars.
  @discardableResult
  @inline(__always)
  func normalize<Sink: NormalizedScalarSink>(
    _ text: UnsafeBufferPointer<UInt8>, into sink: inout Sink
  ) -> Int {
    var pass = NormalizerPass(options: self, sink: sink)
    var index = 0
    var source = 0
    while index < text.count {
      let lead = text[index]
      if lead < 0x80 {
        pass.take(ascii: lead, source: source)
        index += 1
      } else {
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var scalar = UInt32(lead) & (0x7F >> UInt32(length))
        for next in index + 1..<index + length { scalar = scalar << 6 | UInt32(text[next] & 0x3F) }
        pass.take(scalar: scalar, source: source)
        index += length
      }
      source += 1
    }
    pass.flushMarks()
    sink = pass.sink
    return source
  }
}

/// The state of one run of a `Normalizer`.
private struct NormalizerPass<Sink: NormalizedScalarSink> {
  /// A scalar with a combining class, waiting to be put in canonical order.
  struct Combining {
    var scalar: UInt32
    var combiningClass: UInt8
    var isMark: Bool
    /// Whether it is the first of its source's decomposition.
    var isFirst: Bool
    var source: Int
  }

  let options: Normalizer
  let table = ScalarTable.shared
  var sink: Sink
  var waiting: [Combining] = []

  init(options: Normalizer, sink: Sink) {
    self.options = options
    self.sink = sink
  }

  @inline(__always)
  mutating func take(ascii byte: UInt8, source: Int) {
    if options.cleansText {
      if byte < 0x20 {
        guard byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
        if !waiting.isEmpty { flushMarks() }
        sink.append(0x20, source: source)
        return
      }
      if byte == 0x7F { return }
    }
    if !waiting.isEmpty { flushMarks() }
    let isUpper = options.lowercases && byte &- 0x41 < 26
    sink.append(UInt32(isUpper ? byte | 0x20 : byte), source: source)
  }

  mutating func take(scalar: UInt32, source: Int) {
    let entry = table[scalar]
    if options.cleansText {
      if entry.flags.contains(.dropped) { return }
      if entry.flags.contains(.space) {
        flushMarks()
        sink.append(0x20, source: source)
        return
      }
    }
    if options.isolatesIdeographs && entry.flags.contains(.ideograph) {
      flushMarks()
      sink.append(0x20, source: source)
      decompose(scalar, entry, source: source)
      flushMarks()
      sink.append(0x20, source: source)
    } else {
      decompose(scalar, entry, source: source)
    }
  }

  private mutating func decompose(_ scalar: UInt32, _ entry: ScalarTable.Entry, source: Int) {
    guard options.stripsMarks else {
      emit(scalar, entry, source: source)
      return
    }
    if entry.decomposition > 0 {
      var isFirst = true
      for part in table.decomposition(entry) {
        arrange(part, table[part], isFirst: isFirst, source: source)
        isFirst = false
      }
    } else if scalar >= 0xAC00 && scalar < 0xAC00 + 11172 {
      // Hangul syllables decompose by rule (Unicode Standard, section 3.12).
      flushMarks()
      let index = scalar - 0xAC00
      let trailing = index % 28
      emit(0x1100 + index / 588, ScalarTable.Entry(), source: source)
      emit(0x1161 + index % 588 / 28, ScalarTable.Entry(), source: source)
      if trailing > 0 { emit(0x11A7 + trailing, ScalarTable.Entry(), source: source) }
    } else {
      arrange(scalar, entry, isFirst: true, source: source)
    }
  }

  private mutating func arrange(
    _ scalar: UInt32, _ entry: ScalarTable.Entry, isFirst: Bool, source: Int
  ) {
    let isMark = entry.flags.contains(.mark)
    if entry.combiningClass == 0 {
      flushMarks()
      if !isMark { emit(scalar, entry, source: source) }
    } else {
      waiting.append(
        Combining(
          scalar: scalar, combiningClass: entry.combiningClass, isMark: isMark, isFirst: isFirst,
          source: source))
    }
  }

  /// Puts the waiting scalars in canonical order and hands on those that are no nonspacing marks.
  ///
  /// The reference gives sources out in order *after* the reordering: the n-th scalar that begins a
  /// decomposition takes the n-th source, and any other the source before it.
  mutating func flushMarks() {
    guard let first = waiting.first else { return }
    defer { waiting.removeAll(keepingCapacity: true) }
    guard waiting.contains(where: { !$0.isMark }) else { return }
    let sources = waiting.filter(\.isFirst).map(\.source)
    // A stable sort: the standard library's is, but does not promise it.
    let order = waiting.indices.sorted {
      (waiting[$0].combiningClass, $0) < (waiting[$1].combiningClass, $1)
    }
    var source = first.source
    var next = 0
    for index in order {
      let item = waiting[index]
      if item.isFirst {
        source = sources[next]
        next += 1
      }
      if !item.isMark { emit(item.scalar, table[item.scalar], source: source) }
    }
  }

  private mutating func emit(_ scalar: UInt32, _ entry: ScalarTable.Entry, source: Int) {
    guard options.lowercases else {
      sink.append(scalar, source: source)
      return
    }
    if scalar == 0x130 {
      sink.append(0x69, source: source)
      sink.append(0x307, source: source)
    } else {
      sink.append(table.lowercase(of: scalar, entry), source: source)
    }
  }
}
