import Foundation
import Kernels
import Testing

@testable import Corpora

/// A document that only a generator would write.
struct RandomXML {
  var random: RandomStream

  init(seed: UInt64) { random = RandomStream(seed: seed, purpose: "cases") }

  static let texts = [
    "Ana", "Reis", " ", "  ", "\n", "\r\n", "\r", "\t", ".", "e\u{301}", "é", "👩‍👩‍👧", "\u{FEFF}", "]]",
    "]", "went to", "Porto", "'", "\"", ">", "\u{85}", "\u{2028}", "\u{A0}", "東京", "\u{10FFFF}",
    "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#13;", "&#10;", "&#x1F600;", "&#233;",
    "<!-- <b> & ]]> -->", "<!---->", "<?php echo \"<a>\" & 1 ?>", "<?x?>", "<![CDATA[]]>",
    "<![CDATA[<b>&amp;]]]>", "<![CDATA[Ana Reis\r\n]] > x]]>", "<![CDATA[>]]>",
  ]
  static let names = ["p", "b", "i", "s", "x:y", "hi", "é", "note", "br"]
  static let prologues = [
    "", "<?xml version=\"1.0\"?>\n", "<?xml version='1.0' encoding='UTF-8'?><!-- - > -->\n",
    "<!DOCTYPE a SYSTEM \"a>b.dtd\">\n",
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!-- ]> --> <!ELEMENT a ANY><?q ]> ?>\n"
      + "<!ATTLIST a c CDATA \"]>\">]>\n",
    "\u{FEFF}<!-- bom -->",
  ]

  mutating func document() -> String {
    let prologue = pick(Self.prologues)
    return prologue + "<a xmlns:x=\"u\">" + content(depth: 0) + "</a>"
      + (Bool.random(using: &random) ? "\n<!-- end -->\n" : "")
  }

  private mutating func pick(_ list: [String]) -> String {
    list.randomElement(using: &random) ?? ""
  }

  private mutating func content(depth: Int) -> String {
    var result: [UInt8] = []
    for _ in 0..<Int.random(in: 0...10, using: &random) {
      let piece: String
      switch Int.random(in: 0...9, using: &random) {
      case 0...5: piece = pick(Self.texts)
      case 6: piece = "<" + pick(Self.names) + attributes() + "/>"
      default:
        let name = pick(Self.names)
        piece =
          "<" + name + attributes() + ">" + (depth < 5 ? content(depth: depth + 1) : "Rui")
          + "</" + name + (Bool.random(using: &random) ? ">" : "\n >")
      }
      // "]]>" may not stand in text.
      if piece.utf8.first == UInt8(ascii: ">"), result.last == UInt8(ascii: "]") { continue }
      result += piece.utf8
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func attributes() -> String {
    pick(["", " ", " q='a>b'", "\n q = \"it's /\"", " q='&lt;' r=\"a\r\nb\tc&#10;/>\""])
  }
}

/// The XML files of the shared corpora, with their formats.
enum XMLCorpora {
  static let folders: [(String, CorpusFormat)] = [
    ("gate", .gate), ("btc/gatexml", .gate), ("bioc", .bioc), ("webanno-tsv", .xmi),
    ("tei-schnitzler", .tei), ("gum/xml", .verticalXML),
  ]

  static func files() -> [(url: URL, format: CorpusFormat)] {
    folders.flatMap { folder, format -> [(URL, CorpusFormat)] in
      let names =
        FileManager.default.enumerator(atPath: SharedCorpora.file(folder).path)?
        .allObjects.compactMap { $0 as? String } ?? []
      return names.filter { $0.hasSuffix(".xml") || $0.hasSuffix(".xmi") }.sorted()
        .map { (SharedCorpora.file(folder + "/" + $0), format) }
    }
  }
}

@Suite struct XMLMarkupTests {
  private func agree(_ bytes: [UInt8], _ name: String) throws -> Bool {
    try XMLDigest(bytes, name: name, encoding: nil) == XMLDigest(XMLMarkup(bytes, file: name))
  }

  @Test func tokensOfASmallDocument() throws {
    let text = "<a b='>'>x&amp;<!--y--><c/><![CDATA[z]]></a>"
    let markup = try XMLMarkup(Array(text.utf8), file: "t")
    #expect(
      markup.tokens.map(\.kind) == [
        .startTag, .text, .reference, .comment, .emptyTag, .cdata, .endTag,
      ])
    #expect(markup.tokens[0].partner == 6 && markup.tokens[6].partner == 0)
    #expect(markup.tokens[4].parent == 0 && markup.tokens[0].parent == nil)
    #expect(markup.value("b", 0) == ">")
    #expect(String(scalars: markup.text(in: 0).scalars) == "x&z")
  }

  @Test func randomDocumentsReadAsLibxml2ReadsThem() throws {
    var accepted = 0
    for seed in 0..<1500 as Range<UInt64> {
      var generator = RandomXML(seed: seed)
      let text = generator.document()
      #expect(try agree(Array(text.utf8), "seed \(seed)"), "seed \(seed): \(text)")
      accepted += 1
    }
    #expect(accepted == 1500)
  }

  @Test func everyScalarStandsWhereItIsSaidToStand() throws {
    for seed in 0..<300 as Range<UInt64> {
      var generator = RandomXML(seed: seed)
      let markup = try XMLMarkup(Array(generator.document().utf8), file: "t")
      let root = try #require(markup.root)
      let text = markup.text(in: root)
      for (index, scalar) in text.scalars.enumerated() {
        let source = String(decoding: markup.bytes[text.source(index)], as: UTF8.self)
        let isSame = source.unicodeScalars.elementsEqual([scalar])
        let isBreak = scalar == "\n" && (source.utf8.first == 0x0D)
        #expect(isSame || isBreak || source.utf8.first == UInt8(ascii: "&"), "seed \(seed)")
      }
    }
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func realFilesReadAsLibxml2ReadsThem() throws {
    let files = XMLCorpora.files()
    #expect(files.count == 271)
    for (url, _) in files {
      #expect(try agree(Array(Data(contentsOf: url)), url.lastPathComponent))
    }
  }

  @Test func damagedDocumentsAreErrors() throws {
    var numbers = RandomStream(seed: 7, purpose: "cases")
    var generator = RandomXML(seed: 11)
    let whole = Array(generator.document().utf8)
    for count in whole.indices { _ = try? XMLMarkup(Array(whole[..<count]), file: "t") }
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<3 {
        if let index = bytes.indices.randomElement(using: &numbers) {
          bytes[index] = UInt8.random(in: 0...255, using: &numbers)
        }
      }
      guard let markup = try? XMLMarkup(bytes, file: "t") else { continue }
      for index in markup.tokens.indices {
        _ = markup.attributes(index)
        _ = XMLText([markup.piece(index)], of: markup)
      }
    }
  }

  @Test(arguments: ["UTF-16", "ISO-8859-1", "windows-1252", "KOI8-R", "ISO-8859-2"])
  func otherEncodingsComeBackAsTheyWere(_ name: String) throws {
    let body = "<?xml version=\"1.0\" encoding=\"\(name)\"?><a>Ana &#233;</a>"
    var bytes = Array(body.utf8)
    if name == "UTF-16" {
      bytes =
        [0xFF, 0xFE] + "<a>é 👍\u{10FFFF}</a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    } else {
      bytes.insert(contentsOf: [0xE9, 0xC1, 0xF5], at: bytes.count - 4)
    }
    let encoding = XMLMarkupEncoding(of: bytes, chosen: nil, name: "t")
    let text = try encoding.decoded(bytes, name: "t")
    #expect(encoding.encoded(text) == bytes)
    let markup = try XMLMarkup(text, file: "t")
    #expect(try XMLDigest(markup) == XMLDigest(bytes, name: "t", encoding: nil))
  }
}
