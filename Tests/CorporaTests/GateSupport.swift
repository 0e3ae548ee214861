import Corpora
import Kernels

/// Documents of odd texts and annotations of every shape.
struct OffsetXMLDocuments {
  var random: RandomStream

  init(seed: UInt64) { random = RandomStream(seed: seed, purpose: "cases") }

  private static let pieces: [String] = [
    "Ana", "Berlin", "x", " ", " ", " ", "\n", "\r", "\r\n", "\t", ".", ",", "!", "😊", "👩‍👩‍👧",
    "e\u{301}",
    "\u{e9}", "\u{a0}", "\"", "'", "]]>", "&", "<b>", "&amp;", "&#10;", "\u{85}", "\u{7f}",
    "\u{feff}", "\u{10ffff}", "中", "\u{2028}", "-", "ß",
  ]

  mutating func text(_ count: Int) -> String {
    var text = ""
    for _ in 0..<count { text += Self.pieces.randomElement(using: &random) ?? "" }
    return text
  }

  mutating func pick(_ options: [String?]) -> String? {
    options.randomElement(using: &random) ?? nil
  }

  mutating func attributes(_ names: [String]) -> [Attribute] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      let count = Int.random(in: 0...4, using: &random)
      return Attribute(pick(names) ?? "", text(count))
    }
  }

  mutating func document() -> Document {
    let text = "a" + text(Int.random(in: 0...30, using: &random))
    var document = Document(
      id: pick([nil, "d1", "ü \n", "x\u{301}"]), text: text, split: plainSplit)
    let length = document.text.unicodeScalars.count
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let count = Int.random(in: 0...7, using: &random) == 0 ? 3 : 1
      let edges = (0..<count * 2).map { _ in Int.random(in: 0...length, using: &random) }.sorted()
      let label = [
        "PER", "Token", "URL", "Sentence", "ö e\u{301}", "a<b&\"'", "12", "NamedEntity", "T",
      ].randomElement(using: &random)
      document.annotations.append(
        Annotation(
          label: label ?? "X",
          fragments: (0..<count).map { edges[2 * $0]..<edges[2 * $0 + 1] },
          layer: pick([
            nil, nil, "Key", "other", "a.b.T", "a.b.Token", "Original markups", "all", "default",
            "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "uima.tcas.X",
            "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS", "ü.x",
          ]),
          id: pick([nil, nil, "1", "7", "007", "T1", "é", "99999999999", "-3", "0"]),
          attributes: attributes([
            "value", "identifier", "Governor", "a", "b", "class", "ä", "x y", "next", "1", "",
          ])))
    }
    if Int.random(in: 0...2, using: &random) == 0 {
      let middle = Int.random(in: 0...length, using: &random)
      document.sections = [
        Section(range: 0..<middle, attributes: attributes(["type", "é"])),
        Section(range: middle..<length, attributes: attributes(["type", "é"])),
      ]
    }
    document.attributes = attributes(["documentTitle", "language", "gate.SourceURL", "q", "ß"])
    return document
  }
}

/// Whether both are the same, byte for byte, the flat spans left aside.
func isSameDocument(_ left: Document, _ right: Document) -> Bool {
  func bytes(_ document: Document) -> [UInt8] { Array(String(reflecting: document).utf8) }
  var (left, right) = (left, right)
  for index in left.sentences.indices { left.sentences[index].spans = [] }
  for index in right.sentences.indices { right.sentences[index].spans = [] }
  return bytes(left) == bytes(right)
}

/// The bytes with `count` of them changed, cut or doubled.
func damaged(_ bytes: [UInt8], _ random: inout RandomStream) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    guard !bytes.isEmpty else { break }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0...3, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    case 2: bytes[place] = Array("0123456789-<>&\"' ".utf8).randomElement(using: &random) ?? 0
    default:
      let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
      bytes.insert(
        contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &random))
    }
  }
  return bytes
}

/// Annotations as `PER 0-3+5-7@layer`.
func describe(_ annotations: [Annotation]) -> String {
  annotations.map { annotation in
    annotation.label + " "
      + annotation.fragments.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: "+")
      + (annotation.layer.map { "@" + $0 } ?? "")
  }.joined(separator: ", ")
}

/// The text in UTF-16 with a byte order mark.
func utf16Bytes(_ text: String, highFirst: Bool) -> [UInt8] {
  var bytes: [UInt8] = []
  for unit in [0xFEFF] + Array(text.utf16) {
    let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
    bytes += highFirst ? [high, low] : [low, high]
  }
  return bytes
}
