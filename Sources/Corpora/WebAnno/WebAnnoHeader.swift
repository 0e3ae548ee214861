/// What a WebAnno TSV file's header says of its columns.
struct WebAnnoHeader: Sendable {
  /// One column after number, offsets and word.
  struct Column: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      /// A feature of a span.
      case feature(String)
      /// A span layer without features has one column all the same.
      case placeholder
      /// The roles of a span's links, and what they lead to.
      case role, target
      /// Any column of a layer that is not of spans.
      case other
    }
    var kind: Kind
  }

  /// The columns of one `#T_…` line.
  struct Layer: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case span, chain, relation
    }
    var kind: Kind
    var name: String
    var columns: [Column]
    /// Index of its first column among those of the rows.
    var start: Int

    /// What follows the last dot.
    var shortName: String {
      let last = name.pieces(between: UInt8(ascii: ".")).last ?? ""
      return last.isEmpty ? name : String(last)
    }
  }

  /// 2 for 3.2; nil for plain 3.
  var minorVersion: Int
  private(set) var layers: [Layer] = []
  private(set) var columnCount = 3

  /// - Throws: `CorpusError` if the line does not name a version 3 of the format.
  init(_ line: Line, file: String) throws(CorpusError) {
    let version = line.content.dropFirst("#FORMAT=WebAnno TSV ".utf8.count)
    let parts = version.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let minor = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self).trimmingSpaces) : 0
    guard line.content.starts(with: "#FORMAT=WebAnno TSV ".utf8), (1...2).contains(parts.count),
      parts[0].elementsEqual("3".utf8), let minor, minor >= 0
    else {
      throw CorpusError(
        file: file, line: line.number, expected: "#FORMAT=WebAnno TSV 3.0 to 3.3",
        found: line.text.quoted)
    }
    minorVersion = minor
  }

  /// Takes a `#T_SP=`, `#T_CH=` or `#T_RL=` line; false for other lines.
  mutating func take(_ line: Line, file: String) throws(CorpusError) -> Bool {
    let kinds: [(String, Layer.Kind)] = [
      ("#T_SP=", .span), ("#T_CH=", .chain), ("#T_RL=", .relation),
    ]
    guard let (prefix, kind) = kinds.first(where: { line.content.starts(with: $0.0.utf8) })
    else { return false }
    let fields = String(decoding: line.content.dropFirst(prefix.utf8.count), as: UTF8.self)
      .pieces(between: UInt8(ascii: "|")).map { String($0).trimmingSpaces }
    guard let name = fields.first, !name.isEmpty else {
      throw CorpusError(
        file: file, line: line.number, expected: "\(prefix)layer|feature|…",
        found: line.text.quoted)
    }
    var columns: [Column] = []
    for field in fields.dropFirst() where !field.isEmpty {
      columns.append(Column(kind: Self.kind(of: field, in: kind, after: columns.last)))
    }
    if columns.isEmpty { columns = [Column(kind: kind == .span ? .placeholder : .other)] }
    layers.append(Layer(kind: kind, name: name, columns: columns, start: columnCount))
    columnCount += columns.count
    guard columnCount <= 10_000 else {
      throw CorpusError(
        file: file, line: line.number, expected: "at most 10000 columns", found: "more")
    }
    return true
  }

  private static func kind(
    of field: String, in layer: Layer.Kind, after previous: Column?
  ) -> Column.Kind {
    guard layer == .span else { return .other }
    if field.utf8.starts(with: "ROLE_".utf8) { return .role }
    if previous?.kind == .role { return .target }
    return .feature(field)
  }
}
