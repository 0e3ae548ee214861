/// BIO tags in the last column, for files without bracketed entities: `NER=B-PER`.
struct ConllUTags {
  /// The keys that hold tags, the first that a document has counts.
  static let keys = ["NER", "NE", "NamedEntity", "ner", "name", "Entity"]

  private struct Column {
    var sentences: [ReadDocument.Tags] = []
    /// Tags other than `O`.
    var count = 0
  }

  private var columns = [Column](repeating: Column(), count: keys.count)

  /// Takes the last columns of a sentence's words; false for the values of `Entity` that are
  /// neither tag nor bracket.
  mutating func take(
    _ words: [ConllUMisc], lines: [Int], sentence: Int, _ report: inout CorpusReport
  ) {
    for (index, key) in Self.keys.enumerated() {
      var tags: [String]?
      for (word, misc) in words.enumerated() {
        guard let value = misc.value(key), value != "_", !value.utf8.contains(UInt8(ascii: "("))
        else { continue }
        if key == "Entity", value.utf8.contains(UInt8(ascii: ")")) { continue }
        guard let tag = Self.tag(value, isTagKey: key != "Entity", &report) else { continue }
        if tags == nil { tags = [String](repeating: "O", count: words.count) }
        tags?[word] = tag
        if tag != "O" { columns[index].count += 1 }
      }
      guard let tags else { continue }
      columns[index].sentences.append(
        ReadDocument.Tags(sentence: sentence, tags: tags, lines: lines))
    }
  }

  private static func tag(
    _ value: Substring, isTagKey: Bool, _ report: inout CorpusReport
  ) -> String? {
    let bytes = Array(value.utf8)
    if bytes == [UInt8(ascii: "O")] { return "O" }
    if bytes.count > 2, "BIESLUMW".utf8.contains(bytes[0]), "-_.".utf8.contains(bytes[1]) {
      return String(decoding: [bytes[0], UInt8(ascii: "-")] + bytes[2...], as: UTF8.self)
    }
    guard isTagKey, !bytes.isEmpty else {
      report.setAside("Entity= that is neither brackets nor a tag")
      return nil
    }
    report.repair("label without B- or I-, read as I-")
    return "I-" + String(value)
  }

  /// The tags of the document that ends here.
  mutating func finish(hasBrackets: Bool, _ report: inout CorpusReport) -> [ReadDocument.Tags] {
    let chosen = hasBrackets ? nil : columns.firstIndex { !$0.sentences.isEmpty }
    for (index, column) in columns.enumerated() where index != chosen && column.count > 0 {
      report.setAside("tag of \(Self.keys[index])= beside other entities", count: column.count)
    }
    let tags = chosen.map { columns[$0].sentences } ?? []
    self = ConllUTags()
    return tags
  }
}
