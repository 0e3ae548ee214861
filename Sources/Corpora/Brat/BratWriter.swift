/// Writes brat's standoff: `STEM.txt` with the text, `STEM.ann` with the annotations.
///
/// Ids that are brat's (`T1`) and unique are kept. Attributes become lines `A` (values without
/// white space), `N` (`Reference`) or `#`; a layer is the attribute `layer`. White space in labels
/// and names is written as `%20` and the like. Sections and the document's own id and attributes
/// are left out: brat has no place for them.
public struct BratWriter: DocumentFilesWriter {
  public init() {}

  public func files(of document: Document, stem: String) throws(CorpusError) -> [CorpusFile] {
    let text = Array(document.text.unicodeScalars)
    // A reader takes the first for a byte order mark, and counts it.
    let mark = text.first == "\u{FEFF}" ? 1 : 0
    var output = Output(file: stem + ".ann")
    let ids = Self.ids(of: document.annotations)
    for (annotation, id) in zip(document.annotations, ids) {
      try output.add(annotation, id: id, in: text, shift: mark)
    }
    for (annotation, id) in zip(document.annotations, ids) {
      for attribute in LayerAttribute.attributes(of: annotation) {
        try output.add(attribute, of: id)
      }
    }
    return [
      CorpusFile(
        name: stem + ".txt",
        bytes: (mark > 0 ? [0xEF, 0xBB, 0xBF] : []) + Array(document.text.utf8)),
      CorpusFile(name: stem + ".ann", bytes: output.bytes),
    ]
  }

  /// The annotations' own ids where they are `T` and a number, and new ones.
  private static func ids(of annotations: [Annotation]) -> [String] {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    var taken: Set<[UInt8]> = []
    let kept: [String?] = annotations.map { annotation in
      guard let id = annotation.id, id.utf8.first == UInt8(ascii: "T"), id.utf8.count > 1,
        id.utf8.dropFirst().allSatisfy(digits.contains), taken.insert(Array(id.utf8)).inserted
      else { return nil }
      return id
    }
    var number = 0
    return kept.map { id in
      if let id { return id }
      repeat { number += 1 } while taken.contains(Array("T\(number)".utf8))
      return "T\(number)"
    }
  }

  private struct Output {
    let file: String
    var bytes: [UInt8] = []
    var counts: [Unicode.Scalar: Int] = [:]

    init(file: String) {
      self.file = file
    }

    mutating func add(
      _ annotation: Annotation, id: String, in text: [Unicode.Scalar], shift: Int
    ) throws(CorpusError) {
      guard !annotation.label.isEmpty else {
        throw CorpusError(file: file, expected: "annotations with a label", found: "none")
      }
      guard annotation.fragments.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= text.count })
      else {
        throw CorpusError(
          file: file, expected: "annotations inside the text",
          found: "one at \(annotation.range)")
      }
      let fragments = annotation.fragments.flatMap { Self.lines(of: $0, in: text) }
      bytes += "\(id)\t\(BratText.escapedName(annotation.label)) ".utf8
      for (index, fragment) in fragments.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ";")) }
        bytes += "\(fragment.lowerBound + shift) \(fragment.upperBound + shift)".utf8
      }
      bytes.append(UInt8(ascii: "\t"))
      var mention: [Unicode.Scalar] = []
      for (index, fragment) in fragments.enumerated() {
        if index > 0 { mention.append(" ") }
        mention += text[fragment].map { (0x09...0x0D).contains($0.value) ? " " : $0 }
      }
      bytes += String(scalars: mention).utf8
      bytes.append(UInt8(ascii: "\n"))
    }

    /// What a fragment holds of each line; line ends at its edges leave an empty piece there.
    private static func lines(of fragment: Range<Int>, in text: [Unicode.Scalar]) -> [Range<Int>] {
      func isBreak(_ index: Int) -> Bool { text[index] == "\n" || text[index] == "\r" }
      guard fragment.contains(where: isBreak) else { return [fragment] }
      var result: [Range<Int>] = []
      if isBreak(fragment.lowerBound) {
        result.append(fragment.lowerBound..<fragment.lowerBound)
      }
      result += text[fragment].split { $0 == "\n" || $0 == "\r" }.map {
        $0.startIndex..<$0.endIndex
      }
      if isBreak(fragment.upperBound - 1) {
        result.append(fragment.upperBound..<fragment.upperBound)
      }
      return result
    }

    mutating func add(_ attribute: Attribute, of id: String) throws(CorpusError) {
      guard !attribute.name.isEmpty else {
        throw CorpusError(file: file, expected: "attributes with a name", found: "none")
      }
      let name = BratText.escapedName(attribute.name)
      let value = attribute.value
      if attribute.name.hasSameBytes(as: "Reference"), BratText.isReference(value) {
        line("N", "\(name) \(id) \(value)")
      } else if BratText.isValue(value), !attribute.name.hasSameBytes(as: "AnnotatorNotes") {
        line("A", value.isEmpty ? "\(name) \(id)" : "\(name) \(id) \(value)")
      } else {
        line("#", "\(name) \(id)\t\(BratText.escapedNote(value))")
      }
    }

    private mutating func line(_ letter: Unicode.Scalar, _ content: String) {
      counts[letter, default: 0] += 1
      bytes += "\(letter)\(counts[letter, default: 0])\t\(content)\n".utf8
    }
  }
}
