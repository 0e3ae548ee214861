/// Writes UIMA's CAS XMI with DKPro's types: one CAS for each document, or several where the text
/// is too long for one.
///
/// Annotations are `NamedEntity`s, or of the type that their layer names. What a CAS has no place
/// for stands in elements of the types `enxerto.…`, so that reading gives the same document.
/// Columns of CoNLL and comments are left out.
public struct XMIWriter: DocumentFilesWriter {
  /// How many bytes an attribute may have as it is written: parsers take 10 MB.
  public let attributeLimit: Int

  public init(attributeLimit: Int = 9_000_000) {
    self.attributeLimit = attributeLimit
  }

  /// `stem.xmi`, or `stem-1.xmi` and so on; for types other than those of `companions` beside
  /// each its `.TypeSystem.xml`.
  public func files(of document: Document, stem: String) throws(CorpusError) -> [CorpusFile] {
    let parts = try XMISplit(document: document, limit: attributeLimit, file: stem + ".xmi").parts
    var files: [CorpusFile] = []
    for (index, part) in parts.enumerated() {
      let name = parts.count == 1 ? stem : "\(stem)-\(index + 1)"
      var file = XMIFile(document: part, name: name + ".xmi")
      files.append(CorpusFile(name: name + ".xmi", bytes: try file.bytes()))
      if !file.types.isStandard {
        files.append(CorpusFile(name: name + ".TypeSystem.xml", bytes: file.types.bytes))
      }
    }
    return files
  }

  /// The type system of all files without a type of their own.
  public var companions: [CorpusFile] {
    [CorpusFile(name: "TypeSystem.xml", bytes: XMITypeSystem().bytes)]
  }
}
