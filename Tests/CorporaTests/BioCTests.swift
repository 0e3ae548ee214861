import Foundation
import Kernels
import Testing

@testable import Corpora

@Suite struct BioCTests {
  private static func collection(_ documents: String) -> String {
    "<?xml version='1.0'?><!DOCTYPE collection SYSTEM 'BioC.dtd'>"
      + "<collection><source>s</source><date></date><key>k</key>\(documents)</collection>"
  }

  private static func passage(
    _ offset: String, _ text: String, _ annotations: String = "", type: String = "title"
  ) -> String {
    "<passage><infon key=\"type\">\(type)</infon><offset>\(offset)</offset>"
      + "<text>\(text)</text>\(annotations)</passage>"
  }

  private static func annotation(
    _ id: String, _ locations: [(Int, Int)], _ text: String?, type: String = "D",
    infons: String = ""
  ) -> String {
    "<annotation id=\"\(id)\"><infon key=\"type\">\(type)</infon>\(infons)"
      + locations.map { "<location offset=\"\($0.0)\" length=\"\($0.1)\"/>" }.joined()
      + (text.map { "<text>\($0)</text>" } ?? "") + "</annotation>"
  }

  private static func document(_ content: String) -> String {
    collection("<document><id>d1</id>\(content)</document>")
  }

  /// Each annotation as `id LABEL start-end;… text`.
  private static func spans(_ corpus: Corpus) -> [String] {
    corpus.documents.flatMap { document in
      let text = Array(document.text.unicodeScalars)
      return document.annotations.map { annotation in
        let places = annotation.fragments.map { "\($0.lowerBound)-\($0.upperBound)" }
        let pieces = annotation.fragments.map { String(scalars: text[$0]) }
        return "\(annotation.id ?? "-") \(annotation.label) \(places.joined(separator: ";")) "
          + pieces.joined(separator: "|")
      }
    }
  }

  @Test func passagesStandAtTheirOffsets() throws {
    let corpus = try readCorpus(
      Self.document(
        Self.passage(
          "0", "Acute liver failure", Self.annotation("0", [(0, 5), (12, 7)], "Acute failure"))
          + Self.passage("22", "Liver.", Self.annotation("1", [(22, 5)], "Liver"), type: "abstract")
          + "<relation id='R'><infon key='relation'>CID</infon></relation>"))
    #expect(corpus.format == .bioc)
    let document = try #require(corpus.documents.first)
    #expect(document.id == "d1")
    #expect(document.text == "Acute liver failure\n\n\nLiver.")
    #expect(document.sections.map(\.range) == [0..<19, 22..<28])
    #expect(document.sections[1].attributes == [Attribute("type", "abstract")])
    #expect(
      document.attributes == [
        Attribute("collection.source", "s"), Attribute("collection.key", "k"),
      ]
    )
    #expect(Self.spans(corpus) == ["0 D 0-5;12-19 Acute|failure", "1 D 22-27 Liver"])
    #expect(corpus.report.setAside == ["relations": 1])
    #expect(corpus.report.repaired.isEmpty)
  }

  @Test func offsetsInOtherUnitsAreFound() throws {
    // "😀é x" then "ä yz": in UTF-16 5 units, in bytes 8.
    for (second, place, reason) in [
      (6, 8, "offsets in UTF-16 units"), (9, 12, "offsets in bytes"), (5, 7, ""),
    ] {
      let first = second == 9 ? 7 : second == 6 ? 4 : 3
      let corpus = try readCorpus(
        Self.document(
          Self.passage("0", "😀é x", Self.annotation("a", [(first, 1)], "x"))
            + Self.passage("\(second)", "ä yz", Self.annotation("b", [(place, 2)], "yz"))))
      #expect(corpus.documents[0].text == "😀é x\nä yz")
      #expect(Self.spans(corpus) == ["a D 3-4 x", "b D 7-9 yz"])
      #expect(corpus.report.repaired == (reason.isEmpty ? [:] : [reason: 2]))
    }
  }

  @Test func irregularPlacesAreRepairedOrSetAside() throws {
    let corpus = try readCorpus(
      Self.document(
        Self.passage(
          "0", "one two three",
          Self.annotation("near", [(5, 3)], "two") + Self.annotation("case", [(4, 3)], "TWO")
            + Self.annotation("gone", [(0, 3)], "qux") + Self.annotation("far", [(900, 3)], "one")
            + Self.annotation("bare", [(0, 3)], nil) + Self.annotation("none", [], "one")
            + Self.annotation("order", [(8, 5), (0, 3)], "three one")
            + Self.annotation("minus", [(-4, 3)], "zzz")
            + "<annotation id='x'><location offset='huge' length='3'/><text>q</text></annotation>"
            + "<annotation id='y'><location offset='0' length='99999999999999999999'/>"
            + "<text>q</text></annotation>"
            + "<annotation id='z'><location offset='0' length='3'/><text>one</text></annotation>")
          // Before the end of the first, and an annotation counted from its passage.
          + Self.passage("4", "four five", Self.annotation("back", [(9, 4)], "five"))
          + Self.passage("100000000", "six seven", Self.annotation("rel", [(4, 5)], "seven"))
          + Self.passage("-", "last", Self.annotation("l", [(100_000_010, 4)], "last"))))
    #expect(corpus.documents[0].text == "one two three\nfour five\nsix seven\nlast")
    #expect(
      Self.spans(corpus) == [
        "near D 4-7 two", "case D 4-7 two", "bare D 0-3 one", "order D 0-3;8-13 one|three",
        "z entity 0-3 one", "back D 19-23 five", "rel D 28-33 seven", "l D 34-38 last",
      ])
    #expect(
      corpus.report.setAside == [
        "annotation whose text is not at its location": 1, "annotation without a location": 1,
        "location that is not in the text": 4,
      ])
    #expect(
      corpus.report.repaired == [
        "annotation moved to its text nearby": 1, "annotation whose text differs in case": 1,
        "annotation without text taken by its offsets": 1,
        "fragments put in order of position": 1,
        "annotation without a type, labelled entity": 1,
        "passage whose offset is before the end of what precedes it": 1,
        "gap before a passage made short": 1, "passage whose offset is no number": 1,
        "passage without an offset": 1, "location counted from its passage or sentence": 1,
      ])
  }

  @Test func sentencesGiveTheDivision() throws {
    func sentence(_ offset: Int, _ text: String, _ annotations: String = "") -> String {
      "<sentence><infon key='n'>1</infon><offset>\(offset)</offset><text>\(text)</text>"
        + "\(annotations)</sentence>"
    }
    let corpus = try readCorpus(
      Self.document(
        "<passage><offset>0</offset>"
          + sentence(0, "A b. C d", Self.annotation("1", [(5, 1)], "C"))
          + sentence(9, "e f", Self.annotation("2", [(11, 1)], "f"))
          + "</passage>" + Self.passage("13", "g. h")
          + Self.annotation("3", [(9, 3), (16, 1)], "e f h")))
    #expect(
      corpus.sentences.map { describe($0) } == [
        "A/b/./C/d [D 3-4]", "e/f [D 1-2]", "g/. []", "h []",
      ])
    #expect(Self.spans(corpus).last == "3 D 9-12;16-17 e f|h")
    #expect(corpus.report.setAside == ["infons of sentences": 2])
    try Self.roundTrip(corpus)
  }

  @Test func wrongNestingIsAnErrorWithItsPlace() {
    for (text, found) in [
      ("<collection><passage/></collection>", "<passage>"),
      ("<collection>\n<document><document/></document></collection>", "test:2"),
      (
        "<collection><document><passage><text>a<b/></text></passage></document></collection>", "<b>"
      ),
      ("<collection><document>word</document></collection>", "text in <document>"),
      ("<document><passage/></document>", "expected <collection>"),
      (
        "<collection><document><passage><text/><text/></passage></document></collection>",
        "another one"
      ),
    ] {
      #expect(failure(text) { $0.format = .bioc }.contains(found))
    }
  }

  @Test func elementsOfOthersAreReported() throws {
    let corpus = try readCorpus(
      Self.document(
        "<mark><text>x</text></mark><mark/>" + Self.passage("0", "one")))
    #expect(corpus.report.setAside == ["elements that BioC does not have": 2])
    #expect(corpus.documents[0].text == "one")
  }

  // MARK: Writing

  private static func write(_ documents: [Document]) throws -> [UInt8] {
    let writer = BioCWriter()
    return try writer.prologue + documents.flatMap { try writer.bytes(of: $0) } + writer.epilogue
  }

  private static func roundTrip(_ corpus: Corpus) throws {
    let again = try readCorpus(try write(corpus.documents))
    #expect(again.documents.count == corpus.documents.count)
    for (old, new) in zip(corpus.documents, again.documents) {
      #expect(new == old)
      #expect(new.text.hasSameBytes(as: old.text))
    }
    let ofWords = ["word cut at the edge of a span", "sentences joined under a span"]
    #expect(again.report.repaired.keys.allSatisfy(ofWords.contains))
    #expect(again.report.setAside.isEmpty)
  }

  @Test func hostileTextComesBack() throws {
    let text = "a <b> & \"c\" ]]>\r\ne\u{301} é 😀\u{85}\u{2028}\tz. \u{FEFF}End\r"
    let count = text.unicodeScalars.count
    var document = Document(id: "i<d>\"\r", text: text, split: plainSplit)
    document.attributes = [Attribute("a\"\n\t", " v\r\n ")]
    document.sections = [
      Section(range: 3..<9, attributes: [Attribute("layer", "x")]), Section(range: 9..<9),
      Section(range: 12..<count),
    ]
    document.annotations = [
      Annotation(label: "A&B", range: 0..<5, layer: "l", id: "1"),
      Annotation(label: "Z", range: 12..<12, attributes: [Attribute("type", "t")]),
      Annotation(
        label: "D", fragments: [13..<14, 14..<18, 20..<count],
        attributes: [Attribute("layer", "a"), Attribute("_layer", "b")]),
      Annotation(label: "early", range: 1..<2), Annotation(label: "late", range: count..<count),
    ]
    let again = try readCorpus(try Self.write([document]))
    let new = try #require(again.documents.first)
    #expect(new.text.hasSameBytes(as: text))
    #expect(new.annotations == document.annotations)
    #expect(new.sections == document.sections)
    #expect(new.attributes == document.attributes)
    #expect(new.id == document.id)
  }

  @Test func whatXMLCannotHoldIsAnError() {
    let writer = BioCWriter()
    for text in ["a\u{1}b", "a\u{0}", "\u{FFFF}", String(repeating: "x", count: 10_000_001)] {
      #expect(throws: CorpusError.self) {
        try writer.bytes(of: Document(text: text, sentences: []))
      }
    }
    let label = Document(
      text: "a", sentences: [], annotations: [Annotation(label: "", range: 0..<1)])
    #expect(throws: CorpusError.self) { try writer.bytes(of: label) }
  }

  @Test(arguments: [11 as UInt64, 12, 13]) func randomDocumentsComeBack(seed: UInt64) throws {
    var random = RandomDocuments(seed: seed)
    for _ in 0..<60 {
      let document = random.next(hasSections: true)
      let again = try readCorpus(try Self.write([document]))
      let new = try #require(again.documents.first)
      #expect(new.text.hasSameBytes(as: document.text), "seed \(seed)")
      #expect(new.annotations == document.annotations, "seed \(seed)")
      #expect(new.attributes == document.attributes, "seed \(seed)")
      let sections = document.sections
      let isPlain = sections.isEmpty || sections == [Section(range: 0..<document.length)]
      #expect(new.sections == (isPlain ? [] : sections), "seed \(seed)")
      try Self.roundTrip(again)
    }
  }

  // MARK: Damage

  private static let sample = document(
    passage("0", "Acute é", annotation("0", [(0, 5)], "Acute"))
      + "<passage><offset>8</offset><sentence><offset>8</offset><text>b &#233;</text></sentence>"
      + "</passage>")

  @Test func truncationIsAnError() {
    let bytes = Array(Self.sample.utf8)
    for count in 0..<bytes.count {
      #expect(failure(Array(bytes[..<count])) { $0.format = .bioc }.hasPrefix("test"))
    }
  }

  @Test func flippedBytesDoNotCrash() {
    expectNoCrash(Array(Self.sample.utf8), as: .bioc, seed: 77)
  }

  @Test func manyPartsAreReadInLinearTime() throws {
    let passages = (0..<20_000).map { Self.passage("\($0 * 2 % 3001)", "x") }.joined()
    let locations = [(Int, Int)](repeating: (0, 1), count: 50_000)
    let white = String(repeating: " ", count: 50_000)
    let long = (0..<3000).map { Self.annotation("\($0)", [(0, 50_000)], "w") }.joined()
    let corpus = try readCorpus(
      Self.collection(
        "<document>\(passages)</document><document>"
          + Self.passage("0", "x", Self.annotation("0", locations, "x")) + "</document><document>"
          + Self.passage("0", white + "w", long) + "</document>"))
    #expect(corpus.documents.count == 3)
    #expect(corpus.documents[1].annotations.isEmpty)
    #expect(
      corpus.report.setAside == ["annotation whose text is not at its location": 3001])
  }

  // MARK: Real files

  @Test(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
  func sampleComesBack() throws {
    let options = CorpusOptions(split: plainSplit)
    let corpus = try CorpusReader.read(
      files: [SharedCorpora.file("bioc/CDR_sample.gold.BioC.xml")], options: options)
    #expect(corpus.format == .bioc)
    #expect(corpus.documents.count == 50)
    #expect(corpus.report.spans == 945)
    // Five documents have passages that are counted otherwise than their annotations.
    #expect(
      corpus.report.repaired["document whose passages' offsets do not fit its annotations"] == 5)
    #expect(corpus.report.repaired["annotation moved to its text nearby"] == 1)
    #expect(corpus.report.setAside.keys.sorted() == ["relations"])
    try Self.roundTrip(corpus)
  }

  @Test(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
  func twinsReadToTheSameSpans() throws {
    let options = CorpusOptions(split: plainSplit)
    let bioc = try CorpusReader.read(
      files: [SharedCorpora.file("bioc/CDR_sample.gold.BioC.xml")], options: options)
    let pubTator = try CorpusReader.read(
      files: [SharedCorpora.file("bioc/CDR_sample.gold.PubTator")], options: options)
    #expect(pubTator.format == .pubtator)
    #expect(pubTator.report.spans == 934)
    #expect(bioc.documents.count == pubTator.documents.count)
    for (left, right) in zip(bioc.documents, pubTator.documents) {
      #expect(left.id == right.id)
      #expect(left.text.hasSameBytes(as: right.text))
      #expect(left.sections == right.sections)
      let mentions = left.annotations.filter {
        $0.attribute("CompositeRole") != "IndividualMention"
      }
      #expect(mentions.map(\.label) == right.annotations.map(\.label))
      #expect(mentions.map(\.fragments) == right.annotations.map(\.fragments))
      #expect(
        mentions.map { $0.attribute("MESH") } == right.annotations.map { $0.attribute("concept") })
    }
    #expect(
      bioc.report.setAside["relations"] == pubTator.report.setAside["relations"])
  }
}

/// Documents of random text with nested, overlapping, discontinuous and empty annotations, ordered
/// by where they begin.
struct RandomDocuments {
  private var random: RandomStream

  init(seed: UInt64) {
    random = RandomStream(seed: seed, purpose: "cases")
  }

  private static let pieces: [Unicode.Scalar] = [
    "a", "B", "c", ".", " ", " ", "\n", "\r", "\t", "é", "\u{301}", "😀", "\u{A0}", "\u{2028}", "&",
    "<", ">", "\"", "]", "%", ";", "1", "\u{FEFF}", "漢",
  ]

  private mutating func number(_ range: Range<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  private mutating func string(_ count: Int) -> String {
    String(scalars: (0..<count).map { _ in Self.pieces[number(0..<Self.pieces.count)] })
  }

  mutating func next(hasSections: Bool) -> Document {
    let text = string(number(1..<60)) + "w"
    let length = text.unicodeScalars.count
    var document = Document(id: "d\(number(0..<1000))", text: text, sentences: [])
    if hasSections {
      document.attributes = [Attribute("n", string(number(1..<6)))]
      var start = number(0..<2) == 0 ? 0 : number(0..<length)
      for _ in 0..<number(0..<4) where start <= length {
        let end = number(start..<length + 1)
        document.sections.append(
          Section(range: start..<end, attributes: [Attribute("type", string(3))]))
        start = end + number(0..<3)
      }
    }
    for index in 0..<number(0..<8) {
      var edges = (0..<2 * number(1..<4)).map { _ in number(0..<length + 1) }.sorted()
      if number(0..<2) == 0 { edges = [edges[0], edges[edges.count - 1]] }
      let fragments = stride(from: 0, to: edges.count, by: 2).map { edges[$0]..<edges[$0 + 1] }
      let attributes = (0..<number(0..<3)).map { Attribute("k\($0)", string(number(0..<5))) }
      document.annotations.append(
        Annotation(
          label: "L" + string(number(0..<3)), fragments: fragments,
          layer: number(0..<3) == 0 ? "layer" : nil, id: "T\(index + 1)", attributes: attributes))
    }
    document.annotations.sort { $0.range.lowerBound < $1.range.lowerBound }
    return document
  }
}

extension Document {
  var length: Int { text.unicodeScalars.count }
}
