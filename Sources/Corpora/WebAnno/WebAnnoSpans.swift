/// Gathers the spans of one document from its rows' cells.
struct WebAnnoSpans {
  private struct Span {
    var layer: Int
    var range: Range<Int>
    var id: Int?
    /// For each column of its layer.
    var values: [String?]
  }

  private let layers: [WebAnnoHeader.Layer]
  /// Whether each layer is asked for.
  private let isChosen: [Bool]
  private var spans: [Span] = []
  /// By layer, then by the number in brackets.
  private var identified: [[Int: Int]]
  private var links = 0
  private var relations = 0
  private var chainLinks: Set<[UInt8]> = []
  private var emptyCells = 0
  private var changed = 0

  init(_ layers: [WebAnnoHeader.Layer], isChosen: [Bool]) {
    self.layers = layers
    self.isChosen = isChosen
    identified = [[Int: Int]](repeating: [:], count: layers.count)
  }

  mutating func take(_ row: WebAnnoRow, at range: Range<Int>) {
    for (index, layer) in layers.enumerated() {
      let cells = row.cells[layer.start..<layer.start + layer.columns.count]
      emptyCells += cells.count(where: \.isEmpty)
      if cells.allSatisfy({ Self.isNothing($0) }) { continue }
      switch layer.kind {
      case .span: take(cells, of: index, at: range)
      case .relation:
        relations += cells.map { Self.stack($0).count }.max() ?? 0
      case .chain: takeChain(cells, layer: index)
      }
    }
  }

  private static func isNothing(_ cell: ArraySlice<UInt8>) -> Bool {
    cell.isEmpty || cell.elementsEqual("_".utf8)
  }

  private static func stack(_ cell: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    isNothing(cell) ? [] : WebAnnoEscapes.split(cell, at: UInt8(ascii: "|"))
  }

  /// `*->2-3`: the third link of the second chain.
  private mutating func takeChain(_ cells: ArraySlice<ArraySlice<UInt8>>, layer: Int) {
    for value in cells.flatMap(Self.stack) {
      guard let arrow = value.indices.last(where: { value[$0...].starts(with: "->".utf8) })
      else { continue }
      chainLinks.insert([UInt8(truncatingIfNeeded: layer)] + value[arrow...])
    }
  }

  /// Cells of one layer: the values at one place of the stack, and those with one number in
  /// brackets, are of one span; a number joins the rows of a span as well.
  private mutating func take(
    _ cells: ArraySlice<ArraySlice<UInt8>>, of layer: Int, at range: Range<Int>
  ) {
    var stack: [Int: Int] = [:]
    var isNew: Set<Int> = []
    for (column, cell) in cells.enumerated() {
      let kind = layers[layer].columns[column].kind
      if kind == .target { continue }
      for (place, piece) in Self.stack(cell).enumerated() {
        let (value, id) = WebAnnoEscapes.identifier(of: piece)
        let span: Int
        if let id, let known = identified[layer][id] {
          span = known
          let old = spans[span].range
          spans[span].range =
            min(old.lowerBound, range.lowerBound)..<max(old.upperBound, range.upperBound)
        } else if let known = stack[place], id == nil || spans[known].id == nil {
          span = known
        } else if id == nil, value.elementsEqual("_".utf8) {
          continue
        } else {
          span = spans.count
          spans.append(
            Span(
              layer: layer, range: range, id: nil,
              values: [String?](repeating: nil, count: cells.count)))
          isNew.insert(span)
        }
        if let id, spans[span].id == nil {
          spans[span].id = id
          identified[layer][id] = span
        }
        if stack[place] == nil { stack[place] = span }
        if value.elementsEqual("*".utf8) || value.elementsEqual("_".utf8) { continue }
        if kind == .role {
          if isNew.contains(span), isChosen[layer] {
            links += WebAnnoEscapes.split(value, at: UInt8(ascii: ";")).count
          }
          continue
        }
        set(WebAnnoEscapes.value(value), column, of: span)
      }
    }
    countPlainRoles(cells, layer, stack, isNew)
  }

  /// A single link without a role is `*`: whether it is one, the target says.
  private mutating func countPlainRoles(
    _ cells: ArraySlice<ArraySlice<UInt8>>, _ layer: Int, _ stack: [Int: Int], _ isNew: Set<Int>
  ) {
    guard isChosen[layer] else { return }
    for (column, cell) in cells.enumerated()
    where layers[layer].columns[column].kind == .role && column + 1 < cells.count {
      let targets = Self.stack(cells[cells.startIndex + column + 1])
      for (place, piece) in Self.stack(cell).enumerated() where place < targets.count {
        let isPlain = WebAnnoEscapes.identifier(of: piece).value.elementsEqual("*".utf8)
        if isPlain, !targets[place].elementsEqual("*".utf8), !Self.isNothing(targets[place]),
          let span = stack[place], isNew.contains(span)
        {
          links += 1
        }
      }
    }
  }

  private mutating func set(_ value: String, _ column: Int, of span: Int) {
    if let old = spans[span].values[column] {
      if !old.hasSameBytes(as: value) { changed += 1 }
    } else {
      spans[span].values[column] = value
    }
  }

  // MARK: The whole

  func annotations(_ report: inout CorpusReport) -> [Annotation] {
    if emptyCells > 0 { report.repair("empty cell, read as _", count: emptyCells) }
    if changed > 0 { report.repair("feature that changes inside its span", count: changed) }
    if links > 0 { report.setAside("slot link", count: links) }
    if relations > 0 { report.setAside("relation", count: relations) }
    if !chainLinks.isEmpty { report.setAside("chain link", count: chainLinks.count) }
    var result: [Annotation] = []
    for span in spans {
      guard isChosen[span.layer] else {
        report.setAside("annotation of another layer")
        continue
      }
      result.append(annotation(of: span))
    }
    return result
  }

  /// Its label is the feature `value`, else the first feature that it has, else the layer's name;
  /// a feature without text is passed over.
  private func annotation(of span: Span) -> Annotation {
    let layer = layers[span.layer]
    var attributes: [Attribute] = []
    for (column, value) in zip(layer.columns, span.values) {
      if case .feature(let name) = column.kind, let value {
        attributes.append(Attribute(name, value))
      }
    }
    let named = attributes.filter { !$0.value.isEmpty }
    return Annotation(
      label: named.value(of: "value") ?? named.first?.value ?? layer.shortName,
      fragments: [span.range], layer: layer.name, id: span.id.map(String.init),
      attributes: attributes)
  }
}
