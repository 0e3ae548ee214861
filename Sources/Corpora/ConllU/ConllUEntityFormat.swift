/// What the fields of `(1-place-new-…` mean: by `# global.Entity`, or guessed.
struct ConllUEntityFormat: Hashable, Sendable {
  /// An opening bracket's fields.
  struct Fields: Hashable, Sendable {
    /// What the closing bracket repeats.
    var group: String
    /// nil where there is none or it is empty.
    var type: String?
    var attributes: [Attribute]
    /// `[1/2]`: which part of a discontinuous entity it is, and of how many.
    var part: (number: Int, count: Int)? { partNumber.map { ($0, partCount) } }
    private var partNumber: Int?
    private var partCount = 0

    init(group: String, type: String?, attributes: [Attribute]) {
      let (name, part) = ConllUEntityFormat.part(of: group)
      self.group = name
      self.type = type.map { $0.hasSameBytes(as: group) ? name : $0 }
      self.attributes = attributes
      partNumber = part?.number
      partCount = part?.count ?? 0
    }
  }

  private let names: [String]
  private let group: Int?
  private let type: Int?

  /// From what follows `# global.Entity =`.
  init(declaration: String) {
    names = declaration.pieces(between: UInt8(ascii: "-")).map { String($0).trimmingSpaces }
    group = names.firstIndex { ["GRP", "eid", "id"].contains($0) }
    type = names.firstIndex { ["etype", "entity", "type"].contains($0) }
  }

  /// The fields of what stands between the brackets.
  func fields(of head: String) -> Fields {
    // The last field may hold hyphens: names of pages, labels.
    let values = head.pieces(between: UInt8(ascii: "-"), maxSplits: max(0, names.count - 1))
      .map(String.init)
    func value(_ index: Int?) -> String? {
      guard let index, index < values.count, !values[index].isEmpty else { return nil }
      return values[index]
    }
    var attributes: [Attribute] = []
    for (index, name) in names.enumerated() where index != group && index != type {
      if let value = value(index) { attributes.append(Attribute(name, value)) }
    }
    return Fields(
      group: value(group) ?? value(type) ?? head, type: value(type), attributes: attributes)
  }

  /// The fields where the file does not say what they are: number and type, in either order;
  /// a single field is a number if it ends in a digit, else a type.
  static func guessedFields(of head: String) -> Fields {
    let values = head.pieces(between: UInt8(ascii: "-")).map(String.init)
    let first = values[0]
    guard values.count > 1 else {
      let isNumber = part(of: first).name.utf8.last.map(isDigit) ?? true
      return Fields(group: first, type: isNumber ? nil : first, attributes: [])
    }
    let isTypeFirst =
      !(first.utf8.last.map(isDigit) ?? false) && !values[1].isEmpty
      && values[1].utf8.allSatisfy(isDigit)
    let attributes = values.enumerated().dropFirst(2).filter { !$0.element.isEmpty }
      .map { Attribute("field\($0.offset + 1)", $0.element) }
    let type = values[isTypeFirst ? 0 : 1]
    return Fields(
      group: values[isTypeFirst ? 1 : 0], type: type.isEmpty ? nil : type, attributes: attributes)
  }

  /// `e5[1/2]` as `e5` and the part.
  static func part(of field: String) -> (name: String, part: (number: Int, count: Int)?) {
    let bytes = Array(field.utf8)
    guard bytes.last == UInt8(ascii: "]"), let open = bytes.lastIndex(of: UInt8(ascii: "[")),
      let slash = bytes[open...].firstIndex(of: UInt8(ascii: "/"))
    else { return (field, nil) }
    let left = bytes[(open + 1)..<slash]
    let right = bytes[(slash + 1)..<(bytes.count - 1)]
    guard (1...4).contains(left.count), (1...4).contains(right.count),
      left.allSatisfy(isDigit), right.allSatisfy(isDigit),
      let number = Int(String(decoding: left, as: UTF8.self)),
      let count = Int(String(decoding: right, as: UTF8.self)), number >= 1, number <= count
    else { return (field, nil) }
    return (String(decoding: bytes[..<open], as: UTF8.self), (number, count))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension String {
  /// Without ASCII spaces and tabs at its ends.
  var trimmingSpaces: String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
    while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
    return String(scalars)
  }
}
