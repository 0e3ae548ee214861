/// Writes a CoNLL file again with its tags in another scheme, all else as it was: every tag column
/// of its dialect, byte for byte where a tag stays the same.
public struct ConllRewriter: Sendable {
  private var columns: ConllColumns
  private let file: String
  private let from: TagScheme
  private let to: TagScheme
  private let spelling: TagSpelling
  private let labels: [[UInt8]: String]

  /// - Parameters:
  ///   - dialect: as it was detected in the file.
  ///   - spelling: nil: as the file has it.
  ///   - labelMap: labels to be written as others.
  public init(
    dialect: ConllDialect, file: String, from: TagScheme, to: TagScheme,
    spelling: TagSpelling? = nil, labelMap: [(from: String, to: String)] = []
  ) {
    columns = ConllColumns(dialect: dialect, file: file)
    self.file = file
    self.from = from
    self.to = to
    var spelling = spelling ?? dialect.spelling
    if to != .io { spelling.isBare = false }
    self.spelling = spelling
    labels = Dictionary(
      labelMap.map { (Array($0.from.utf8), $0.to) }, uniquingKeysWith: { $1 })
  }

  /// The bytes of what the file has next.
  ///
  /// - Throws: `CorpusError` for a damaged row and a tag that is not in the scheme.
  public mutating func bytes(of event: ConllEvent) throws(CorpusError) -> [UInt8] {
    switch event {
    case .line(let line):
      if line.kind == .header { try columns.readHeader(line) }
      return line.bytes
    case .sentence(let sentence):
      return try bytes(of: sentence)
    }
  }

  private mutating func bytes(of sentence: ConllSentence) throws(CorpusError) -> [UInt8] {
    let dialect = columns.dialect
    if dialect.isIrregular {
      var report = CorpusReport()
      let old = sentence.rows.map { IrregularTags.tag(of: sentence.columns(of: $0), &report) }
      let new = try recoded(old, sentence)
      return ConllWriter.bytes(
        of: sentence, tags: [changes(of: sentence, in: 2, from: old, to: new)], columns: [2])
    }
    guard let layers = try columns.layers(of: sentence) else { return sentence.bytes }
    var tags: [[String?]] = []
    var places: [Int] = []
    for layer in layers {
      let isSurplus = sentence.rows.map { columns.surplus(of: $0, in: sentence) > 0 }
      let old = layer.tags.map { dialect.outside($0) == nil ? $0 : "O" }
      let new = try recoded(old, sentence)
      var changed = changes(of: sentence, in: layer.column, from: old, to: new)
      // A slip is set right even where its meaning stays.
      for index in changed.indices where dialect.outside(layer.tags[index]) == .slip {
        changed[index] = spelling.write("O")
      }
      tags.append(zip(changed, isSurplus).map { $1 ? nil : $0 })
      places.append(layer.column)
      if isSurplus.contains(true), layer.column > 0 {
        // Rows with a column too many have their tags one further to the right; these come after
        // the other columns, so that no cell is written twice.
        tags.append(zip(changed, isSurplus).map { $1 ? $0 : nil })
        places.append(layer.column + 1)
      }
    }
    return ConllWriter.bytes(of: sentence, tags: tags, columns: places)
  }

  /// What to write into a column: nil where the cell says it already.
  private func changes(
    of sentence: ConllSentence, in column: Int, from old: [String], to new: [String]
  ) -> [String?] {
    let isSame = spelling == columns.dialect.spelling
    return zip(old, new).map { old, new in
      isSame && old.hasSameBytes(as: new) ? nil : spelling.write(new)
    }
  }

  private func recoded(
    _ tags: [String], _ sentence: ConllSentence
  ) throws(CorpusError) -> [String] {
    let columns: [[String]]
    do {
      columns = try TagLists.columns(of: tags)
    } catch {
      throw error.error(file: file, lines: sentence.rows.map(\.line))
    }
    var recoded: [[String]] = []
    for column in columns {
      do {
        var spans = try from.decodeRepairing(column) { _ in }
        for index in spans.indices {
          spans[index].label = labels[Array(spans[index].label.utf8)] ?? spans[index].label
        }
        recoded.append(to.encode(spans, count: column.count))
      } catch {
        throw CorpusError(
          file: file, line: sentence.rows[error.word].line, expected: error.expected,
          found: error.found)
      }
    }
    guard columns.count > 1 else { return recoded.first ?? tags }
    return tags.indices.map { word in
      // In the order of the cell, so that it stays as it is where its tags do.
      let cell = TagLists.tags(of: tags[word]) ?? [tags[word][...]]
      let order = cell.compactMap { tag in
        columns.firstIndex {
          $0[word].utf8.elementsEqual(tag.utf8) && !tag.utf8.elementsEqual("O".utf8)
        }
      }
      let parts = order.map { recoded[$0][word] }
      return parts.isEmpty ? "O" : parts.joined(separator: ",")
    }
  }
}
