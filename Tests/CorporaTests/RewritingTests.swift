import Foundation
import Kernels
import Testing

@testable import Corpora

/// `XMLRewriter`: what is added, and that nothing else is touched.
@Suite struct RewritingTests {
  /// Adds what `find` finds in each text.
  private func rewrite(
    _ bytes: [UInt8], _ format: CorpusFormat,
    _ find: (RewritableText) -> [PredictedEntity] = capitals
  ) throws -> (bytes: [UInt8], count: Int, notes: [String]) {
    var rewriter = try XMLRewriter(bytes, format: format, name: "t", split: plainSplit)
    var count = 0
    for index in 0..<rewriter.count {
      let found = find(rewriter.text(index))
      count += found.count
      rewriter.add(found, to: index)
    }
    return (rewriter.finish(), count, rewriter.notes)
  }

  private func rewrite(
    _ text: String, _ format: CorpusFormat,
    _ find: (RewritableText) -> [PredictedEntity] = capitals
  ) throws -> String {
    String(decoding: try rewrite(Array(text.utf8), format, find).bytes, as: UTF8.self)
  }

  /// Runs of words that begin with a capital of ASCII, as ZZZ.
  static func capitals(_ text: RewritableText) -> [PredictedEntity] {
    let scalars = Array(text.text.unicodeScalars)
    var found: [PredictedEntity] = []
    for sentence in text.sentences {
      var run: Range<Int>?
      for word in sentence {
        if ("A"..."Z").contains(scalars[word.lowerBound]) {
          run = (run?.lowerBound ?? word.lowerBound)..<word.upperBound
        } else if let done = run {
          found.append(PredictedEntity(label: "ZZZ", range: done, confidence: 0.5))
          run = nil
        }
      }
      if let run { found.append(PredictedEntity(label: "ZZZ", range: run, confidence: 0.5)) }
    }
    return found
  }

  /// Whether `new` is `old` with nothing but these parts put in.
  private func isSame(_ old: [UInt8], _ new: [UInt8], with parts: [String]) -> Bool {
    let parts = parts.map { Array($0.utf8) }
    // For each place in `new`, the places in `old` that may be reached with it.
    var reached = [Set<Int>](repeating: [], count: new.count + 1)
    reached[0] = [0]
    for place in new.indices {
      for index in reached[place] where index < old.count && old[index] == new[place] {
        reached[place + 1].insert(index + 1)
      }
      guard !reached[place].isEmpty else { continue }
      for part in parts where new[place...].starts(with: part) {
        reached[place + part.count].formUnion(reached[place])
      }
    }
    return reached[new.count].contains(old.count)
  }

  private static let inlineTags = [
    "]]><ZZZ><![CDATA[", "]]></ZZZ><![CDATA[", "<ZZZ>", "</ZZZ>",
  ]

  // MARK: Inline

  @Test(arguments: [
    ("<a>Ana Reis went</a>", "<a><ZZZ>Ana Reis</ZZZ> went</a>"),
    ("<a>go <b>Ana</b> Reis</a>", "<a>go <ZZZ><b>Ana</b> Reis</ZZZ></a>"),
    (
      "<a>go <b><i>Ana</i></b> <c>Reis</c>.</a>",
      "<a>go <ZZZ><b><i>Ana</i></b> <c>Reis</c></ZZZ>.</a>"
    ),
    ("<a>go <b>so Ana</b> Reis</a>", "<a>go <b>so <ZZZ>Ana</ZZZ></b> <ZZZ>Reis</ZZZ></a>"),
    ("<a>go <b>A</b>na</a>", "<a>go <ZZZ><b>A</b>na</ZZZ></a>"),
    ("<a>x <b> Ana</b> Reis</a>", "<a>x <ZZZ><b> Ana</b> Reis</ZZZ></a>"),
    ("<a>go <b/><c><!--k-->Ana</c> Reis</a>", "<a>go <b/><ZZZ><c><!--k-->Ana</c> Reis</ZZZ></a>"),
    ("<a><![CDATA[go Ana]]></a>", "<a><![CDATA[go ]]><ZZZ><![CDATA[Ana]]></ZZZ></a>"),
    ("<a><![CDATA[Ana go]]></a>", "<a><ZZZ><![CDATA[Ana]]></ZZZ><![CDATA[ go]]></a>"),
    ("<a>A&amp;B &#65;na</a>", "<a><ZZZ>A&amp;B &#65;na</ZZZ></a>"),
    ("<a>x&#32;Ana</a>", "<a>x&#32;<ZZZ>Ana</ZZZ></a>"),
    ("<a><p>Ana</p><p>Rui</p></a>", "<a><p><ZZZ>Ana</ZZZ></p><p><ZZZ>Rui</ZZZ></p></a>"),
    ("<a><k>Ana</k>\n<k>Rui</k></a>", "<a><k><ZZZ>Ana</ZZZ></k>\n<k><ZZZ>Rui</ZZZ></k></a>"),
    ("<a>Ana<lb/>Rui x</a>", "<a><ZZZ>Ana<lb/>Rui</ZZZ> x</a>"),
    ("<a/>", "<a/>"),
  ])
  func elementsGoAroundTheWords(_ input: String, _ expected: String) throws {
    #expect(try rewrite(input, .inlineXML) == expected)
  }

  @Test func everyFormatHasItsElement() throws {
    let cases: [(CorpusFormat, String)] = [
      (.enamex, "<ENAMEX TYPE=\"A|B\">Ana</ENAMEX>"),
      (.timeML, "<ENAMEX TYPE=\"A|B\">Ana</ENAMEX>"),
      (.harem, "<EM CATEG=\"A|B\">Ana</EM>"),
      (.genia, "<cons sem=\"A|B\">Ana</cons>"),
      (.tei, "<rs type=\"A|B\">Ana</rs>"),
      (.inlineXML, "<entity label=\"A|B\">Ana</entity>"),
    ]
    for (format, expected) in cases {
      let result = try rewrite("<a>Ana x</a>", format) { text in
        Self.capitals(text).map { PredictedEntity(label: "A|B", range: $0.range) }
      }
      #expect(result == "<a>\(expected) x</a>")
    }
    for label in ["p", "S", "1", "x:y", "xmlFoo", "a b", "", "é&"] {
      let result = try rewrite("<a>Ana x</a>", .inlineXML) { text in
        Self.capitals(text).map { PredictedEntity(label: label, range: $0.range) }
      }
      #expect(result.hasPrefix("<a><entity label=\""), "\(label)")
    }
  }

  @Test func teiElementsAreInItsNamespace() throws {
    let uri = "http://www.tei-c.org/ns/1.0"
    let prefixed = "<t:TEI xmlns:t='\(uri)'><t:teiHeader>Ana</t:teiHeader><t:p>Ana</t:p></t:TEI>"
    #expect(
      try rewrite(prefixed, .tei)
        == prefixed.replacingOccurrences(
          of: "<t:p>Ana", with: "<t:p><t:rs type=\"ZZZ\">Ana</t:rs>"))
    let foreign = "<TEI xmlns='\(uri)'><p><b xmlns='u'>so Ana</b></p></TEI>"
    #expect(
      try rewrite(foreign, .tei).contains(
        "<tei:rs type=\"ZZZ\" xmlns:tei=\"\(uri)\">Ana</tei:rs>"))
    let choice =
      "<TEI xmlns='\(uri)'><p>x <choice><sic>Anna</sic><corr>Ana</corr></choice></p></TEI>"
    #expect(try rewrite(choice, .tei).contains("<sic>Anna</sic><corr><rs"))
  }

  @Test func ofAlternativesTheFirstIsRead() throws {
    let text = "<DOC>x <ALT>Ana Reis|<EM CATEG=\"X\">Ana</EM> Reis</ALT> y</DOC>"
    #expect(
      try rewrite(text, .harem)
        == "<DOC>x <ALT><EM CATEG=\"ZZZ\">Ana Reis</EM>|<EM CATEG=\"X\">Ana</EM> Reis</ALT> y</DOC>"
    )
  }

  @Test func splitEntitiesAreTold() throws {
    let result = try rewrite(Array("<a>go <b>so Ana</b> Reis</a>".utf8), .inlineXML)
    #expect(result.notes == ["entity across the document's elements written in several pieces (1)"])
  }

  @Test func randomDocumentsKeepAllButTheElements() throws {
    for seed in 0..<800 as Range<UInt64> {
      var generator = RandomXML(seed: seed)
      let bytes = Array(generator.document().utf8)
      var numbers = RandomStream(seed: seed, purpose: "cases")
      var expected = ""
      let result = try rewrite(bytes, .inlineXML) { text in
        var found: [PredictedEntity] = []
        let scalars = Array(text.text.unicodeScalars)
        for sentence in text.sentences {
          var index = 0
          while index < sentence.count {
            let end = min(index + Int.random(in: 1...3, using: &numbers), sentence.count)
            if Bool.random(using: &numbers) {
              let range = sentence[index].lowerBound..<sentence[end - 1].upperBound
              found.append(PredictedEntity(label: "ZZZ", range: range))
              expected += String(scalars: scalars[range].filter { !$0.isWhiteSpace })
            }
            index = end
          }
        }
        return found
      }
      #expect(isSame(bytes, result.bytes, with: Self.inlineTags), "seed \(seed)")
      let inside = try labelled(result.bytes)
      #expect(
        inside.hasSameBytes(as: expected),
        "seed \(seed): \(String(decoding: result.bytes, as: UTF8.self))")
      let (old, new) = try (text(bytes), text(result.bytes))
      #expect(old.hasSameBytes(as: new), "seed \(seed)")
    }
  }

  private func text(_ bytes: [UInt8]) throws -> String {
    let reader = try XMLPullReader(ByteSource(.bytes(bytes, name: "t")), encoding: nil)
    var result = ""
    while try reader.advance() {
      if reader.node == .text { result += reader.text }
    }
    return result
  }

  /// The text in elements ZZZ without white space.
  private func labelled(_ bytes: [UInt8]) throws -> String {
    let reader = try XMLPullReader(ByteSource(.bytes(bytes, name: "t")), encoding: nil)
    var depth = 0
    var scalars: [Unicode.Scalar] = []
    while try reader.advance() {
      switch reader.node {
      case .elementStart where reader.name == "ZZZ": depth += 1
      case .elementEnd where reader.name == "ZZZ": depth -= 1
      case .text where depth > 0:
        scalars += reader.text.unicodeScalars.filter { !$0.isWhiteSpace }
      default: break
      }
    }
    return String(scalars: scalars)
  }

  @Test func linesOfWordsGetLinesOfTags() throws {
    let text =
      "<text>\n<s n='1'>\nAna\tNP\nR&amp;s\tNP\n<hi>\nReis\tNP\nx\tNN\n</hi>\n</s>\n</text>"
    let result = try rewrite(text, .verticalXML)
    #expect(
      result
        == "<text>\n<s n='1'>\n<ZZZ>\nAna\tNP\nR&amp;s\tNP\n</ZZZ>\n<hi>\n<ZZZ>\nReis\tNP\n</ZZZ>\nx\tNN\n</hi>\n</s>\n</text>"
    )
  }

  // MARK: Standoff

  @Test func bioC() throws {
    let text =
      "<collection><document><id>1</id><passage><infon key='type'>t</infon><offset>10</offset>"
      + "<text>é👍 Ana &lt;x</text><annotation id='enxerto-1'><location offset='13' length='3'/>"
      + "<text>Ana</text></annotation><relation id='R'/></passage></document></collection>"
    let added =
      "<annotation id=\"enxerto-2\"><infon key=\"type\">ZZZ</infon>"
      + "<infon key=\"annotator\">enxerto</infon><infon key=\"confidence\">0.5</infon>"
      + "<location offset=\"13\" length=\"3\"/><text>Ana</text></annotation>"
    #expect(
      try rewrite(text, .bioc)
        == text.replacingOccurrences(of: "<relation", with: added + "<relation"))
    // Offsets in bytes are found out.
    let bytewise = text.replacingOccurrences(of: "offset='13'", with: "offset='17'")
    #expect(
      try rewrite(bytewise, .bioc).contains("<location offset=\"17\" length=\"3\"/><text>Ana"))
  }

  @Test func gate() throws {
    let text =
      "<GateDocument><TextWithNodes><Node id=\"0\"/>👍 Ana<Node id=\"6\"/> é Rui</TextWithNodes>"
      + "<AnnotationSet><Annotation Id=\"7\" Type=\"T\" StartNode=\"0\" EndNode=\"6\"/></AnnotationSet>"
      + "<AnnotationSet Name=\"enxerto\"/></GateDocument>"
    let result = try rewrite(text, .gate)
    #expect(
      result.contains(
        "👍 <Node id=\"3\"/>Ana<Node id=\"6\"/> é <Node id=\"9\"/>Rui<Node id=\"12\"/>"))
    #expect(
      result.contains("<AnnotationSet Name=\"enxerto\"/>\n\n<AnnotationSet Name=\"enxerto-2\">"))
    #expect(result.contains("Id=\"8\" Type=\"ZZZ\" StartNode=\"3\" EndNode=\"6\""))
    #expect(result.contains("Id=\"9\" Type=\"ZZZ\" StartNode=\"9\" EndNode=\"12\""))
  }

  @Test func xmi() throws {
    let text =
      "<m:XMI xmlns:m=\"http://www.omg.org/XMI\" xmlns:c=\"http:///uima/cas.ecore\">"
      + "<c:Sofa m:id=\"12\" sofaString=\"👍&#10;Ana\"/>\n<c:View sofa=\"12\" members=\"\"/></m:XMI>"
    #expect(
      try rewrite(text, .xmi)
        == "<m:XMI xmlns:m=\"http://www.omg.org/XMI\" xmlns:c=\"http:///uima/cas.ecore\">"
        + "<ner:NamedEntity xmlns:ner=\"\(XMIRewriting.entityNamespace)\" m:id=\"13\" sofa=\"12\""
        + " begin=\"3\" end=\"6\" value=\"ZZZ\"/>"
        + "<c:Sofa m:id=\"12\" sofaString=\"👍&#10;Ana\"/>\n<c:View sofa=\"12\" members=\"13\"/></m:XMI>"
    )
  }

  @Test func standoff() throws {
    let first = "<entity id=\"s.p1\" charOffset=\"2-4\" type=\"ZZZ\" text=\"Ana\"/>"
    #expect(
      try rewrite("<d><sentence id=\"s\" text=\"a Ana\"/></d>", .standoffXML)
        == "<d><sentence id=\"s\" text=\"a Ana\">\(first)</sentence></d>")
    #expect(
      try rewrite("<d><sentence id=\"s\" text=\"a Ana b Rui\" /></d>", .standoffXML)
        == "<d><sentence id=\"s\" text=\"a Ana b Rui\" >\(first)"
        + "<entity id=\"s.p2\" charOffset=\"8-10\" type=\"ZZZ\" text=\"Rui\"/></sentence></d>")
    #expect(
      try rewrite(
        "<d><sentence id=\"s\" text=\"a Ana\">\n <entity id=\"s.p1\"/>\n <pair/></sentence></d>",
        .standoffXML)
        == "<d><sentence id=\"s\" text=\"a Ana\">\n <entity id=\"s.p1\"/>\n "
        + "<entity id=\"s.p2\" charOffset=\"2-4\" type=\"ZZZ\" text=\"Ana\"/>\n <pair/></sentence></d>"
    )
  }

  @Test func latin1IsWrittenBackAsLatin1() throws {
    let head = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>".utf8)
    let bytes = head + [0xE9, 0x20] + Array("Ana</a>".utf8)
    let result = try rewrite(bytes, .inlineXML) { text in
      Self.capitals(text).map { PredictedEntity(label: "Ł", range: $0.range) }
    }
    #expect(
      result.bytes == head + [0xE9, 0x20] + Array("<entity label=\"&#321;\">Ana</entity></a>".utf8))
  }

  @Test func whatLibxml2RefusesIsRefused() throws {
    for text in [
      "<a>", "<a>&nbsp;</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "", "x", "<a></b>",
    ] {
      #expect(throws: CorpusError.self, "\(text)") { try rewrite(text, .inlineXML) }
    }
    #expect(throws: CorpusError.self) { try rewrite("<a/>", .gate) }
    #expect(throws: CorpusError.self) { try rewrite("<a/>", .xmi) }
  }
}
