/// The brackets of a document's entities, for the last column of each word's row.
struct ConllUEntityCells {
  /// The comment that says what the brackets' fields are.
  static let declaration = "# global.Entity = GRP-etype"

  private var opening: [Int: [String]] = [:]
  private var closing: [Int: [String]] = [:]

  /// - Parameter keepsIDs: whether an entity's id, where it has one, is its number.
  /// - Throws: `CorpusError` for an entity that does not begin and end with words, and for a label
  ///   that brackets cannot hold.
  init(of document: Document, keepsIDs: Bool) throws(CorpusError) {
    let words = document.sentences.flatMap { $0.words.map(\.range) }
    var starts: [Int: Int] = [:]
    var ends: [Int: Int] = [:]
    for (index, range) in words.enumerated() where !range.isEmpty {
      // Words of a multiword token may share its place: the first of them begins it.
      if starts[range.lowerBound] == nil { starts[range.lowerBound] = index }
      ends[range.upperBound] = index
    }
    let names = Self.names(of: document.annotations, keepsIDs: keepsIDs)
    var pieces: [(first: Int, last: Int, name: String, label: String)] = []
    for (annotation, name) in zip(document.annotations, names) {
      try Self.check(annotation.label)
      for (part, fragment) in annotation.fragments.enumerated() {
        guard let first = starts[fragment.lowerBound], let last = ends[fragment.upperBound],
          first <= last, !fragment.isEmpty
        else {
          throw CorpusError(
            file: "CoNLL-U output", expected: "entities that begin and end with words",
            found: "\(annotation.label) at \(fragment.lowerBound)–\(fragment.upperBound)")
        }
        let suffix =
          annotation.isDiscontinuous ? "[\(part + 1)/\(annotation.fragments.count)]" : ""
        pieces.append((first, last, name + suffix, annotation.label))
      }
    }
    // The longer one opens first, and closes last.
    let order = pieces.indices.sorted { left, right in
      let (a, b) = (pieces[left], pieces[right])
      return (a.first, -a.last, left) < (b.first, -b.last, right)
    }
    for index in order {
      let piece = pieces[index]
      let head = "(\(piece.name)-\(piece.label)"
      opening[piece.first, default: []].append(piece.first == piece.last ? head + ")" : head)
    }
    for index in order.reversed() where pieces[index].first < pieces[index].last {
      closing[pieces[index].last, default: []].append(pieces[index].name + ")")
    }
  }

  /// `Entity=…` for the word of that number in the document, or nothing.
  func cell(ofWord word: Int) -> [String] {
    let pieces = (closing[word] ?? []) + (opening[word] ?? [])
    return pieces.isEmpty ? [] : ["Entity=" + pieces.joined()]
  }

  private static func names(of annotations: [Annotation], keepsIDs: Bool) -> [String] {
    let ids = annotations.map { annotation -> String? in
      guard keepsIDs, let id = annotation.id, !id.isEmpty, id.utf8.allSatisfy(isPlain) else {
        return nil
      }
      return id
    }
    let used = Set(ids.compactMap { $0 })
    var next = 1
    return ids.map { id in
      if let id { return id }
      while used.contains(String(next)) { next += 1 }
      defer { next += 1 }
      return String(next)
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }

  private static func check(_ label: String) throws(CorpusError) {
    let cannotHold: (Unicode.Scalar) -> Bool = {
      $0 == "(" || $0 == ")" || $0 == "|" || $0.isWhiteSpace || $0.value < 0x20
    }
    guard label.isEmpty || label.unicodeScalars.contains(where: cannotHold) else { return }
    throw CorpusError(
      file: "CoNLL-U output",
      expected: "labels without brackets, bars and white space", found: label.quoted)
  }
}
