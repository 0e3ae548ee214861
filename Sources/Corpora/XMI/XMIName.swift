/// Names of XMI, UIMA, DKPro and our own.
enum XMIName {
  static let namespace = "http://www.omg.org/XMI"
  static let initialView = "_InitialView"

  static let dkpro = "de.tudarmstadt.ukp.dkpro.core.api."
  static let token = dkpro + "segmentation.type.Token"
  static let sentence = dkpro + "segmentation.type.Sentence"
  static let metadata = dkpro + "metadata.type.DocumentMetaData"
  static let namedEntity = dkpro + "ner.type.NamedEntity"

  /// What our writer notes beside what a CAS has a place for, so that the same document comes
  /// back. Of a document: which elements stand for what; see `XMIConventions`.
  static let conventions = "enxerto.Document"
  /// Of one annotation: what its element cannot say.
  static let details = "enxerto.Details"
  static let section = "enxerto.Section"

  /// The name of the type that an element stands for: `http:///a/b.ecore` and `C` are `a.b.C`.
  static func type(namespace: String?, name: String) -> String {
    guard let namespace else { return name }
    let (start, end) = (Array("http:///".utf8), Array(".ecore".utf8))
    let bytes = Array(namespace.utf8)
    guard bytes.starts(with: start), bytes.suffix(end.count).elementsEqual(end),
      bytes.count > start.count + end.count
    else { return namespace + "." + name }
    let path = bytes[start.count..<bytes.count - end.count]
    if path.elementsEqual("uima/noNamespace".utf8) { return name }
    let dots = path.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ".") : $0 }
    return String(decoding: dots, as: UTF8.self) + "." + name
  }

  /// Whether the name can be one of a type: words of ASCII letters, digits and `_`, by dots, two
  /// at least.
  static func isType(_ name: String) -> Bool {
    let words = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return words.count > 1 && words.allSatisfy { isWord($0) }
  }

  /// Whether the name can be one of a feature (also for readers that make it a name of Python).
  static func isFeature(_ name: String) -> Bool {
    isWord(name.utf8) && !reserved.contains(name)
  }

  private static func isWord(_ word: some Collection<UInt8>) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    guard let first = word.first, isLetter(first) else { return false }
    return word.allSatisfy {
      isLetter($0) || $0 == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
  }

  private static let reserved: Set<String> = [
    "sofa", "begin", "end", "id", "type", "self", "xmiID", "None", "True", "False", "and", "as",
    "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]
}

/// What an element of a type is to us.
enum XMIKind {
  case word
  case sentence
  case metadata
  /// Of the text, but no entity: lemmas, parts of speech, trees, co-reference.
  case structure
  /// `cas:NULL`, arrays.
  case plumbing
  case sofa
  case view
  case conventions
  case details
  case section
  case span

  init(type: String) {
    switch type {
    case let own where own.utf8.starts(with: "enxerto.".utf8):
      switch own {
      case XMIName.conventions: self = .conventions
      case XMIName.details: self = .details
      case XMIName.section: self = .section
      default: self = .plumbing
      }
    case XMIName.token: self = .word
    case XMIName.sentence: self = .sentence
    case "uima.cas.Sofa": self = .sofa
    case "uima.cas.View": self = .view
    case XMIName.metadata, "uima.tcas.DocumentAnnotation": self = .metadata
    default:
      let parts = type.utf8.split(separator: UInt8(ascii: "."))
      let short = parts.last.map { String(Substring($0)) } ?? ""
      if type.utf8.starts(with: "uima.cas.".utf8) {
        self = .plumbing
      } else if short == "Token" {
        self = .word
      } else if short == "Sentence" {
        self = .sentence
      } else {
        self = Self.structures.contains { type.utf8.starts(with: $0.utf8) } ? .structure : .span
      }
    }
  }

  /// How the names of types begin that annotate no entities.
  private static let structures =
    [
      "metadata.", "segmentation.", "lexmorph.", "syntax.type.PennTree",
      "syntax.type.constituent.", "syntax.type.dependency.", "coref.",
    ].map { XMIName.dkpro + $0 } + [
      "org.apache.ctakes.typesystem.type.syntax.", "org.apache.ctakes.typesystem.type.textspan.",
      "org.apache.uima.ruta.type.",
    ]
}
