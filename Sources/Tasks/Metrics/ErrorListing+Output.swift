import Corpora

extension ErrorListing.Kind {
  /// The key in JSON.
  var key: String {
    switch self {
    case .wrongLabel: "wrongLabel"
    case .wrongBoundary: "wrongBoundary"
    case .wrongBoth: "wrongBoth"
    case .missed: "missed"
    case .spurious: "spurious"
    }
  }

  var name: String {
    switch self {
    case .wrongLabel: "wrong label"
    case .wrongBoundary: "wrong boundary"
    case .wrongBoth: "both wrong"
    case .missed: "missed"
    case .spurious: "spurious"
    }
  }
}

extension ErrorListing {
  /// How many of the commonest errors, and how many labels of a matrix, the table shows.
  private static let (longestList, widestMatrix) = (20, 12)

  /// How often each kind occurs, the commonest errors with examples, and a matrix of labels.
  public var table: String {
    let kinds = [["errors", "count"]] + Kind.allCases.map { [$0.name, "\(count(of: $0))"] }
    var parts = [TextTable.lines(kinds).joined(separator: "\n")]
    let entries = entries
    if !entries.isEmpty { parts.append(Self.table(of: entries)) }
    let confusions = confusions
    if !confusions.isEmpty { parts.append(Self.table(of: confusions)) }
    return parts.joined(separator: "\n\n")
  }

  private static func name(_ label: String?) -> String { label.map(TextTable.name) ?? "-" }

  private static func table(of entries: [Entry]) -> String {
    // Every kind is there, however rare.
    var kinds: Set<Kind> = []
    let shown = entries.enumerated().filter { index, entry in
      kinds.insert(entry.kind).inserted || index < longestList
    }.map(\.element)
    let rows = shown.map { [$0.kind.name, name($0.gold), name($0.predicted), "\($0.count)"] }
    let lines = TextTable.lines([["error", "gold", "predicted", "count"]] + rows, leftColumns: 3)
    var result = lines.prefix(1)
    for (line, entry) in zip(lines.dropFirst(), shown) {
      result.append(line)
      result += entry.examples.map { "    " + $0.rendering }
    }
    if entries.count > shown.count {
      let rest = entries.reduce(0) { $0 + $1.count } - shown.reduce(0) { $0 + $1.count }
      result.append("and \(rest) more, of \(entries.count - shown.count) other sorts")
    }
    return result.joined(separator: "\n")
  }

  private static func isRight(_ confusion: Confusion) -> Bool {
    guard let gold = confusion.gold, let predicted = confusion.predicted else { return false }
    return gold.utf8.elementsEqual(predicted.utf8)
  }

  private static func table(of confusions: [Confusion]) -> String {
    var seen: Set<[UInt8]> = []
    for confusion in confusions {
      for label in [confusion.gold, confusion.predicted] {
        if let label { seen.insert(Array(label.utf8)) }
      }
    }
    guard seen.count <= widestMatrix else {
      let rows = confusions.enumerated().sorted {
        $0.element.count != $1.element.count
          ? $0.element.count > $1.element.count : $0.offset < $1.offset
      }.map(\.element).filter { !isRight($0) }.prefix(longestList).map {
        [name($0.gold), name($0.predicted), "\($0.count)"]
      }
      return TextTable.lines([["gold", "predicted", "count"]] + rows, leftColumns: 2)
        .joined(separator: "\n")
    }
    let labels = seen.sorted { $0.lexicographicallyPrecedes($1) }
    func index(_ label: String?) -> Int {
      label.flatMap { label in labels.firstIndex { $0.elementsEqual(label.utf8) } } ?? labels.count
    }
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: labels.count + 1), count: labels.count + 1)
    for confusion in confusions {
      counts[index(confusion.gold)][index(confusion.predicted)] += confusion.count
    }
    let names = labels.map { TextTable.name(String(decoding: $0, as: UTF8.self)) }
    var rows = [["gold \\ predicted"] + names + ["missed"]]
    for (name, row) in zip(names, counts) { rows.append([name] + row.map(String.init)) }
    rows.append(["spurious"] + (counts.last?.dropLast().map(String.init) ?? []))
    return TextTable.lines(rows).joined(separator: "\n")
  }

  /// `counts` by kind, `list` of the errors, the commonest first, with their examples, and
  /// `confusion`, right spans included.
  public var json: String {
    func label(_ label: String?) -> String { label.map(JSONText.quoted) ?? "null" }
    let counts = Kind.allCases.map { "\"\($0.key)\":\(count(of: $0))" }
    let list = entries.map { entry in
      "{\"kind\":\"\(entry.kind.key)\",\"gold\":\(label(entry.gold)),"
        + "\"predicted\":\(label(entry.predicted)),\"count\":\(entry.count),\"examples\":["
        + entry.examples.map(\.json).joined(separator: ",") + "]}"
    }
    let confusion = confusions.map {
      "{\"gold\":\(label($0.gold)),\"predicted\":\(label($0.predicted)),\"count\":\($0.count)}"
    }
    return "{\"counts\":{" + counts.joined(separator: ",") + "},\"list\":["
      + list.joined(separator: ",") + "],\"confusion\":[" + confusion.joined(separator: ",") + "]}"
  }
}

extension ErrorListing.Example {
  /// `gold.conll:12: gold "New York" (LOC), predicted "York" (LOC): moved to [New York] last year`
  var rendering: String {
    let place: String
    switch (file, line) {
    case (let file?, let number?): place = "\(file):\(number)"
    case (let file?, nil): place = "\(file), sentence \(sentence)"
    default: place = "sentence \(sentence)"
    }
    func mention(_ name: String, _ mention: ErrorListing.Mention?) -> String? {
      mention.map { "\(name) \"\($0.text)\" (\(TextTable.name($0.span.label)))" }
    }
    let mentions = [mention("gold", gold), mention("predicted", predicted)].compactMap { $0 }
    let context = [before, "[\(words)]", after].filter { !$0.isEmpty }
    return TextTable.oneLine(
      place + ": " + mentions.joined(separator: ", ") + ": " + context.joined(separator: " "))
  }

  var json: String {
    func mention(_ mention: ErrorListing.Mention?) -> String {
      guard let mention else { return "null" }
      return "{\"label\":\(JSONText.quoted(mention.span.label)),"
        + "\"start\":\(mention.span.words.lowerBound),\"end\":\(mention.span.words.upperBound),"
        + "\"text\":\(JSONText.quoted(mention.text))}"
    }
    return "{\"file\":\(file.map(JSONText.quoted) ?? "null"),"
      + "\"line\":\(line.map(String.init) ?? "null"),\"sentence\":\(sentence),"
      + "\"gold\":\(mention(gold)),\"predicted\":\(mention(predicted)),"
      + "\"before\":\(JSONText.quoted(before)),\"words\":\(JSONText.quoted(words)),"
      + "\"after\":\(JSONText.quoted(after))}"
  }
}
