internal import CLibXML2

/// Walks through an XML document from node to node, in memory bounded by its depth and its
/// longest text.
///
/// libxml2's `xmlTextReader` with the network off and nothing that loosens: no entity
/// substitution, no external DTD, no XInclude, no recovery. Its messages become `CorpusError`s.
final class XMLPullReader {
  struct Limits: Hashable, Sendable {
    var depth = 200
    var tags = XMLGuard.Limits()
  }

  enum Node: Hashable {
    case elementStart
    case elementEnd
    case text
    /// Comments, processing instructions, the document type.
    case other
  }

  let file: String
  private let limits: Limits
  private let feed: Feed
  private let reader: xmlTextReaderPtr
  private(set) var node = Node.other
  /// Where the tag stands that it is at, or has passed last; nil unless places are kept.
  private(set) var tag: XMLGuard.Tag?

  /// - Parameter keepsPlaces: whether `place` and the errors made here are to be exact; else they
  ///   are where the parser has come to, which may be some hundred bytes ahead.
  /// - Throws: `CorpusError` if the source cannot be read or is in an encoding not accepted.
  init(
    _ source: ByteSource, encoding: TextEncoding?, limits: Limits = Limits(),
    keepsPlaces: Bool = false
  ) throws(CorpusError) {
    file = source.name
    self.limits = limits
    let feed = try Feed(source, limits: limits, keepsPlaces: keepsPlaces)
    self.feed = feed
    enxerto_keep_libxml2_quiet()
    let name: String? =
      switch encoding {
      case .latin1: "ISO-8859-1"
      case .utf8: "UTF-8"
      case nil: nil
      }
    let context = Unmanaged.passUnretained(feed).toOpaque()
    let created = xmlReaderForIO(
      { context, buffer, size in
        guard let context, let buffer, size > 0 else { return 0 }
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: Int(size))
        return Int32(Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue().read(into: target))
      }, { _ in 0 }, context, nil, name, Int32(XML_PARSE_NONET.rawValue))
    guard let created else {
      throw CorpusError(
        .unreadable, file: source.name, expected: "an XML parser", found: "none: out of memory")
    }
    reader = created
    xmlTextReaderSetStructuredErrorHandler(
      reader,
      { context, error in
        guard let context, let error else { return }
        let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
        feed.note(error.pointee)
      }, context)
  }

  deinit {
    xmlFreeTextReader(reader)
  }

  /// Goes to the next node; false at the document's end.
  ///
  /// - Throws: `CorpusError` for whatever is not well formed or beyond a limit.
  func advance() throws(CorpusError) -> Bool {
    let result = xmlTextReaderRead(reader)
    if let error = feed.error { throw error }
    guard result >= 0 else {
      throw error(expected: "well-formed XML", found: "something else")
    }
    guard result == 1 else { return false }
    let type = xmlTextReaderNodeType(reader)
    switch type {
    case Int32(XML_READER_TYPE_ELEMENT.rawValue):
      node = .elementStart
      tag = feed.takeTag()
      if xmlTextReaderDepth(reader) >= limits.depth {
        throw error(
          expected: Self.depthExpectation(limits.depth), found: "one deeper (<\(name)>)")
      }
    case Int32(XML_READER_TYPE_END_ELEMENT.rawValue):
      node = .elementEnd
      tag = feed.takeTag()
    case Int32(XML_READER_TYPE_TEXT.rawValue), Int32(XML_READER_TYPE_CDATA.rawValue),
      Int32(XML_READER_TYPE_WHITESPACE.rawValue),
      Int32(XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue):
      node = .text
    case Int32(XML_READER_TYPE_ENTITY_REFERENCE.rawValue),
      Int32(XML_READER_TYPE_ENTITY.rawValue), Int32(XML_READER_TYPE_END_ENTITY.rawValue):
      throw error(expected: Self.entityExpectation, found: "&\(name);")
    default: node = .other
    }
    return true
  }

  /// The element's name without prefix.
  var name: String { Self.string(xmlTextReaderConstLocalName(reader)) ?? "" }

  /// The URI of the element's namespace.
  var namespace: String? { Self.string(xmlTextReaderConstNamespaceUri(reader)) }

  /// How many elements are around the node.
  var depth: Int { Int(xmlTextReaderDepth(reader)) }

  /// An attribute of the element.
  struct Attribute {
    /// Without prefix.
    var name: String
    /// The URI of its namespace.
    var namespace: String?
    var value: String
  }

  /// The element's attributes in their order, declarations of namespaces left out.
  var attributes: [Attribute] {
    var result: [Attribute] = []
    guard xmlTextReaderMoveToFirstAttribute(reader) == 1 else { return result }
    repeat {
      guard xmlTextReaderIsNamespaceDecl(reader) != 1 else { continue }
      result.append(
        Attribute(name: name, namespace: namespace, value: text))
    } while xmlTextReaderMoveToNextAttribute(reader) == 1
    xmlTextReaderMoveToElement(reader)
    return result
  }

  /// The text of a text node.
  var text: String { Self.string(xmlTextReaderConstValue(reader)) ?? "" }

  /// Whether the element is written `<name/>`: it has no end node.
  var isEmptyElement: Bool { xmlTextReaderIsEmptyElement(reader) == 1 }

  /// The value of an attribute without namespace.
  func attribute(_ name: String) -> String? {
    guard xmlTextReaderMoveToAttribute(reader, name) == 1 else { return nil }
    defer { xmlTextReaderMoveToElement(reader) }
    return Self.string(xmlTextReaderConstValue(reader))
  }

  /// The value of an attribute of that namespace.
  func attribute(_ name: String, namespace: String) -> String? {
    guard xmlTextReaderMoveToAttributeNs(reader, name, namespace) == 1 else { return nil }
    defer { xmlTextReaderMoveToElement(reader) }
    return Self.string(xmlTextReaderConstValue(reader))
  }

  /// The line that the parser has come to, from 1.
  var line: Int { Int(xmlTextReaderGetParserLineNumber(reader)) }

  /// Where the node begins: a tag, or text behind one. Where places are not kept, where the parser
  /// has come to.
  var place: XMLPlace {
    if let tag { return node == .text ? tag.end : tag.start }
    return XMLPlace(line: line, column: Int(xmlTextReaderGetParserColumnNumber(reader)))
  }

  /// An error at the reader's place.
  func error(expected: String, found: String) -> CorpusError {
    error(expected: expected, found: found, at: place)
  }

  func error(expected: String, found: String, at place: XMLPlace) -> CorpusError {
    CorpusError(
      file: file, line: place.line, column: place.column, expected: expected, found: found)
  }

  fileprivate static let entityExpectation =
    "only the five predefined entities and character references"

  fileprivate static func depthExpectation(_ depth: Int) -> String {
    "elements at most \(depth) deep"
  }

  private static func string(_ value: UnsafePointer<xmlChar>?) -> String? {
    value.map { String(cString: $0) }
  }
}

extension XMLPullReader {
  /// What libxml2 calls back into: bytes in, errors out.
  private final class Feed {
    private let source: ByteSource
    private let depth: Int
    private var check: XMLGuard
    private var chunk: ArraySlice<UInt8> = []
    private(set) var error: CorpusError?

    init(_ source: ByteSource, limits: Limits, keepsPlaces: Bool) throws(CorpusError) {
      self.source = source
      depth = limits.depth
      do {
        let start = try source.sample(4).bytes
        check = try XMLGuard(limits: limits.tags, start: start, keepsTags: keepsPlaces)
      } catch let error as CorpusError {
        throw error
      } catch let refusal as XMLGuard.Refusal {
        throw Self.error(refusal, file: source.name)
      } catch {
        throw CorpusError(
          file: source.name, expected: "XML", found: String(describing: error))
      }
    }

    func takeTag() -> XMLGuard.Tag? { check.takeTag() }

    private static func error(_ refusal: XMLGuard.Refusal, file: String) -> CorpusError {
      CorpusError(
        file: file, line: refusal.line, column: refusal.column, expected: refusal.expected,
        found: refusal.found)
    }

    /// Zero at the end and after an error: a failure reported to libxml2 here would be printed.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
      guard error == nil else { return 0 }
      while chunk.isEmpty {
        do {
          guard var next = try source.next() else {
            try check.finish()
            return 0
          }
          try check.check(&next)
          chunk = next[...]
        } catch let refusal as XMLGuard.Refusal {
          error = Self.error(refusal, file: source.name)
          return 0
        } catch {
          self.error = error as? CorpusError
          return 0
        }
      }
      let count = min(chunk.count, target.count)
      target.copyBytes(from: chunk.prefix(count))
      chunk = chunk.dropFirst(count)
      return count
    }

    /// What does not touch well-formedness and changes nothing of what is read: an `xml:id` that is
    /// there twice or is no name, the name of a namespace that is no URI.
    private static let harmless: Set<Int32> = [
      Int32(XML_DTD_ID_REDEFINED.rawValue), Int32(XML_DTD_XMLID_VALUE.rawValue),
      Int32(XML_WAR_NS_URI.rawValue),
    ]

    /// What libxml2 says where something is longer than it takes.
    private static let sizes = [
      "Huge input lookup", "huge text node", "too big", "Buffer size limit exceeded",
      "xmlSAX2Characters: xmlStrncat",
    ]

    /// Keeps the first error. Of libxml2's warnings only the one about an unknown entity counts:
    /// the reference would vanish from the text.
    func note(_ report: xmlError) {
      let isEntity =
        report.code == Int32(XML_WAR_UNDECLARED_ENTITY.rawValue)
        || report.code == Int32(XML_ERR_UNDECLARED_ENTITY.rawValue)
      guard error == nil, report.level != XML_ERR_WARNING || isEntity,
        !Self.harmless.contains(report.code)
      else { return }
      var message = report.message.map { String(cString: $0) } ?? "something else"
      while message.hasSuffix("\n") { message.removeLast() }
      let isSize = Self.sizes.contains { message.contains($0) }
      // libxml2 parses ahead of the reader, so that its own limit may strike first.
      let isDepth = message.hasPrefix("Excessive depth")
      error = CorpusError(
        file: source.name, line: report.line > 0 ? Int(report.line) : nil,
        column: report.int2 > 0 ? Int(report.int2) : nil,
        expected: isEntity
          ? XMLPullReader.entityExpectation
          : isDepth
            ? XMLPullReader.depthExpectation(depth)
            : isSize
              ? "texts, comments, processing instructions and CDATA sections of at most 10 MB"
              : "well-formed XML",
        found: isDepth ? "deeper ones" : isSize ? "a longer one (\(message))" : message)
    }
  }
}
