import Foundation
import Testing

@testable import Corpora

/// `XMLRewriter` on the shared corpora, looked at through libxml2 alone.
@Suite(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
struct RewritingRealFilesTests {
  private struct Rewritten {
    var before: [UInt8]
    var after: [UInt8]
    /// The texts of the entities, in order.
    var texts: [String]
  }

  private func rewrite(_ format: CorpusFormat) throws -> [Rewritten] {
    // All but a few of BTC's documents are left out: they are many and alike.
    try XMLCorpora.files().filter { file in
      file.format == format
        && (!file.url.path.contains("btc") || file.url.lastPathComponent.contains("7.xml"))
    }.map { url, format in
      let bytes = Array(try Data(contentsOf: url))
      var rewriter = try XMLRewriter(
        bytes, format: format, name: url.lastPathComponent, split: plainSplit)
      var texts: [String] = []
      for index in 0..<rewriter.count {
        let text = rewriter.text(index)
        let found = RewritingTests.capitals(text)
        let scalars = Array(text.text.unicodeScalars)
        texts += found.map { String(scalars: scalars[$0.range]) }
        rewriter.add(found, to: index)
      }
      let result = Rewritten(before: bytes, after: rewriter.finish(), texts: texts)
      #expect(isSubsequence(result.before, of: result.after), "\(url.lastPathComponent)")
      return result
    }
  }

  /// Whether nothing was taken away.
  private func isSubsequence(_ part: [UInt8], of whole: [UInt8]) -> Bool {
    var next = 0
    for byte in whole where next < part.count && byte == part[next] { next += 1 }
    return next == part.count
  }

  private struct Node: Hashable {
    var kind: XMLPullReader.Node
    var name: String
    var attributes: [String]
  }

  /// Elements and their text without those that `isAdded`; all white space in text left out.
  private func skeleton(
    _ bytes: [UInt8], _ isAdded: (XMLPullReader) -> Bool = { _ in false },
    contents: Bool = false
  ) throws -> [Node] {
    let reader = try XMLPullReader(ByteSource(.bytes(bytes, name: "t")), encoding: nil)
    var result: [Node] = []
    var text: [Unicode.Scalar] = []
    var added: [Bool] = []
    func endText() {
      if !text.isEmpty {
        result.append(Node(kind: .text, name: String(scalars: text), attributes: []))
      }
      text = []
    }
    while try reader.advance() {
      let isInside = contents && added.contains(true)
      switch reader.node {
      case .elementStart:
        let isNew = isAdded(reader)
        if !isNew, !isInside {
          endText()
          result.append(
            Node(
              kind: .elementStart, name: reader.name,
              attributes: reader.attributes.map { $0.name + "=" + $0.value }))
        }
        if !reader.isEmptyElement { added.append(isNew) }
      case .elementEnd:
        let isNew = added.popLast() ?? false
        if !isNew, !isInside {
          endText()
          result.append(Node(kind: .elementEnd, name: reader.name, attributes: []))
        }
      case .text:
        if !isInside { text += reader.text.unicodeScalars.filter { !MarkedText.isSpace($0) } }
      case .other: break
      }
    }
    endText()
    return result
  }

  @Test func bioC() throws {
    for file in try rewrite(.bioc) {
      #expect(file.texts.count > 500)
      #expect(
        try skeleton(file.before)
          == skeleton(
            file.after,
            { $0.name == "annotation" && $0.attribute("id")?.hasPrefix("enxerto") ?? false },
            contents: true))
      // Offsets and texts of passages and annotations.
      let reader = try XMLPullReader(
        ByteSource(.bytes(file.after, name: "t")), encoding: nil)
      var (offset, passage, isNew, place, element) = (0, [Unicode.Scalar](), false, 0..<0, "")
      var (text, checked) = ("", 0)
      while try reader.advance() {
        switch reader.node {
        case .elementStart:
          text = ""
          element = reader.name
          if element == "annotation" {
            isNew = reader.attribute("id")?.hasPrefix("enxerto") ?? false
          } else if element == "passage" {
            isNew = false
            passage = []
          } else if element == "location" {
            let start = Int(reader.attribute("offset") ?? "") ?? 0
            place = start - offset..<start - offset + (Int(reader.attribute("length") ?? "") ?? 0)
          }
        case .elementEnd:
          if reader.name == "offset" { offset = Int(text) ?? 0 }
          if reader.name == "text" {
            if passage.isEmpty {
              passage = Array(text.unicodeScalars)
            } else if isNew {
              #expect(String(scalars: passage[place]).hasSameBytes(as: text))
              #expect(file.texts[checked].hasSameBytes(as: text))
              checked += 1
            }
          }
        case .text: text += reader.text
        case .other: break
        }
      }
      #expect(checked == file.texts.count)
    }
  }

  private func nodes(_ bytes: [UInt8]) throws -> [String] {
    let reader = try XMLPullReader(ByteSource(.bytes(bytes, name: "t")), encoding: nil)
    var result: [String] = []
    while try reader.advance() {
      guard reader.node == .elementStart, reader.name == "Node" else { continue }
      result.append(reader.attribute("id") ?? "")
    }
    return result
  }

  @Test func gate() throws {
    let files = try rewrite(.gate)
    #expect(files.count == 25)
    for file in files {
      let old = Set(try nodes(file.before))
      let isAdded: (XMLPullReader) -> Bool = { reader in
        (reader.name == "AnnotationSet" && reader.attribute("Name") == "enxerto")
          || (reader.name == "Node" && !old.contains(reader.attribute("id") ?? ""))
      }
      #expect(try skeleton(file.before) == skeleton(file.after, isAdded, contents: true))
      let reader = try XMLPullReader(
        ByteSource(.bytes(file.after, name: "t")), encoding: nil)
      var text: [UInt16] = []
      var (nodes, isContent, isNew, found) = ([Int: Int](), false, false, [String]())
      while try reader.advance() {
        switch reader.node {
        case .elementStart where reader.name == "TextWithNodes": isContent = true
        case .elementStart where reader.name == "Node":
          let id = try #require(reader.attribute("id").flatMap { Int($0) })
          #expect(nodes.updateValue(text.count, forKey: id) == nil)
        case .elementStart where reader.name == "AnnotationSet":
          isNew = reader.attribute("Name") == "enxerto"
        case .elementStart where reader.name == "Annotation" && isNew:
          let edges = ["StartNode", "EndNode"].compactMap { name in
            reader.attribute(name).flatMap { Int($0) }.flatMap { nodes[$0] }
          }
          try #require(edges.count == 2)
          found.append(String(decoding: text[edges[0]..<edges[1]], as: UTF16.self))
        case .elementEnd where reader.name == "TextWithNodes": isContent = false
        case .text where isContent: text += Array(reader.text.utf16)
        default: break
        }
      }
      #expect(found == file.texts)
    }
  }

  @Test func xmi() throws {
    for file in try rewrite(.xmi) {
      let reader = try XMLPullReader(
        ByteSource(.bytes(file.after, name: "t")), encoding: nil)
      let old = try skeleton(file.before)
        .count { $0.kind == .elementStart && $0.name == "NamedEntity" }
      var (text, entities, members, ids) = ([UInt16](), [Range<Int>](), [Int](), [Int]())
      var namedEntities = 0
      while try reader.advance() {
        guard reader.node == .elementStart else { continue }
        let id = reader.attributes.first {
          $0.namespace == XMIRewriting.xmiNamespace && $0.name == "id"
        }
        .flatMap { Int($0.value) }
        if let id { ids.append(id) }
        if reader.namespace == XMIRewriting.entityNamespace, reader.name == "NamedEntity" {
          namedEntities += 1
          if reader.attribute("value") == "ZZZ" {
            let start = try #require(reader.attribute("begin").flatMap { Int($0) })
            let end = try #require(reader.attribute("end").flatMap { Int($0) })
            entities.append(start..<end)
            members.append(try #require(id))
          }
        } else if reader.name == "Sofa" {
          text = Array((reader.attribute("sofaString") ?? "").utf16)
        } else if reader.name == "View" {
          let all = (reader.attribute("members") ?? "").split(separator: " ").compactMap { Int($0) }
          #expect(Array(all.suffix(members.count)) == members)
        }
      }
      #expect(namedEntities - entities.count == old)
      #expect(Set(ids).count == ids.count)
      #expect(entities.map { String(decoding: text[$0], as: UTF16.self) } == file.texts)
    }
  }

  @Test func tei() throws {
    let files = try rewrite(.tei)
    #expect(files.count == 41)
    var count = 0
    for file in files {
      count += file.texts.count
      let isAdded: (XMLPullReader) -> Bool = {
        $0.name == "rs" && $0.attribute("type") == "ZZZ"
          && $0.namespace == InlineTags.teiNamespace
      }
      #expect(try skeleton(file.before) == skeleton(file.after, isAdded))
    }
    #expect(count > 500)
  }

  @Test func vertical() throws {
    let files = try rewrite(.verticalXML)
    #expect(files.count == 6)
    for file in files {
      #expect(file.texts.count > 40)
      #expect(try skeleton(file.before) == skeleton(file.after) { $0.name == "ZZZ" })
      // Words stay one a line.
      let lines = file.after.split(separator: UInt8(ascii: "\n"))
      #expect(!lines.contains { $0.contains(UInt8(ascii: "\t")) && $0.starts(with: "<ZZZ".utf8) })
      let kept = lines.filter {
        !$0.elementsEqual("<ZZZ>".utf8) && !$0.elementsEqual("</ZZZ>".utf8)
      }
      #expect(kept == file.before.split(separator: UInt8(ascii: "\n")))
    }
  }
}
