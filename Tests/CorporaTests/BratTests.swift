import Foundation
import Kernels
import Testing

@testable import Corpora

@Suite struct BratTests {
  /// Writes files into a folder of their own and removes it afterwards.
  private static func inFolder<Result>(
    _ files: [(String, [UInt8])], _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("brat-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
    return try body(folder)
  }

  private static func read(
    _ text: String, _ annotations: String, naming name: String = "d.ann"
  ) throws -> Corpus {
    try read(Array(text.utf8), Array(annotations.utf8), naming: name)
  }

  private static func read(
    _ text: [UInt8], _ annotations: [UInt8], naming name: String = "d.ann"
  ) throws -> Corpus {
    try inFolder([("d.txt", text), ("d.ann", annotations)]) { folder in
      var options = CorpusOptions(split: plainSplit)
      options.requiresAnnotations = true
      return try CorpusReader.read(files: [folder.appendingPathComponent(name)], options: options)
    }
  }

  private static func describe(_ corpus: Corpus) -> [String] {
    corpus.documents.flatMap { document in
      let text = Array(document.text.unicodeScalars)
      return document.annotations.map { annotation in
        let pieces = annotation.fragments.map { String(scalars: text[$0]) }
        let attributes = annotation.attributes.map { " \($0.name)=\($0.value)" }.joined()
        return "\(annotation.id ?? "-") \(annotation.label) \(pieces.joined(separator: "|"))"
          + attributes
      }
    }
  }

  private static let text = "Acute 😀 liver\r\nfailure of e\u{301}. End\n"
  private static let lines = """
    T1\tDisease 0 5;8 13\tAcute liver
    T2\tSite 8 13\tliver
    T3\tDisease 8 13;15 22\tliver failure
    E1\tHappens:T1 Of:T2
    R1\tPart Arg1:T1 Arg2:T2
    *\tEquiv T1 T2
    A1\tNegation T1
    M2\tLevel T1 high
    A3\tNegation E1
    N1\tReference T2 W:1\tLiver lobe
    #1\tAnnotatorNotes T2\ta note, two
    #\tfree
    A4\tNegation T9

    """

  @Test(arguments: ["d.ann", "d.txt"]) func allLinesAreRead(name: String) throws {
    let corpus = try Self.read(Self.text, Self.lines, naming: name)
    #expect(corpus.format == .brat)
    #expect(corpus.documents.map(\.id) == ["d"])
    #expect(corpus.documents[0].text.hasSameBytes(as: Self.text))
    #expect(
      Self.describe(corpus) == [
        "T1 Disease Acute|liver Negation= Level=high",
        "T2 Site liver Reference=W:1\tLiver lobe AnnotatorNotes=a note, two",
        "T3 Disease liver\r\nfailure",
      ])
    #expect(
      corpus.report.setAside == [
        "events": 1, "relations": 1, "equivalences": 1, "notes that name no annotation": 1,
        "attributes and notes of events and relations": 1,
        "attributes and notes of annotations that are not there": 1,
      ])
    try Self.roundTrip(corpus)
  }

  @Test func offsetsOfOtherProgramsAreFound() throws {
    let text = "😀 é\r\nx yy\n"
    for (lines, reason) in [
      ("T1\tX 5 6\tx\nT2\tX 7 9\tyy\n", nil),
      ("T1\tX 4 5\tx\nT2\tX 6 8\tyy\n", "offsets that do not count carriage returns"),
      ("T1\tX 6 7\tx\nT2\tX 8 10\tyy\n", "offsets in UTF-16 units"),
      ("T1\tX 9 10\tx\nT2\tX 11 13\tyy\n", "offsets in bytes"),
    ] {
      let corpus = try Self.read(text, lines)
      #expect(Self.describe(corpus) == ["T1 X x", "T2 X yy"])
      #expect(corpus.report.repaired == (reason.map { [$0: 2] } ?? [:]))
    }
    let marked = try Self.read("\u{FEFF}ab cd", "T1\tX 1 3\tab\n")
    #expect(marked.documents[0].text == "ab cd")
    #expect(Self.describe(marked) == ["T1 X ab"])
    #expect(marked.report.repaired.isEmpty)
    let unmarked = try Self.read("\u{FEFF}ab cd", "T1\tX 0 2\tab\n")
    #expect(Self.describe(unmarked) == ["T1 X ab"])
  }

  @Test func irregularLinesAreRepairedOrSetAside() throws {
    let corpus = try Self.read(
      "one two  three",
      "T1\tX 0 3\tone\nT1\tX 4 7\ttwo\nT2\tX 5 8\ttwo\nT3\tX 4 14\ttwo three\nT4\tX 0 3\tzzz\n"
        + "T5\tX 900 903\tone\nT6\tX 0 3\nT7\tX 9 14;0 3\tthree one\nT8\tX 7 4\ttwo\nA1\tK T1 v\n"
        + "T9\tX 4 7\tTWO\n\n")
    #expect(
      Self.describe(corpus) == [
        "T1 X one K=v", "T10 X two", "T2 X two", "T3 X two  three", "T6 X one",
        "T7 X one|three", "T8 X two", "T9 X two",
      ])
    #expect(
      corpus.report.repaired == [
        "id given twice": 1, "annotation moved to its text nearby": 2,
        "annotation without text taken by its offsets": 1,
        "fragments put in order of position": 1, "annotation whose text differs in case": 1,
      ])
    #expect(
      corpus.report.setAside == [
        "annotation whose text is not at its location": 1, "location that is not in the text": 1,
      ])
  }

  @Test func wrongFilesAreErrors() throws {
    func message(_ files: [(String, String)], _ name: String) throws -> String {
      try Self.inFolder(files.map { ($0.0, Array($0.1.utf8)) }) { folder in
        do {
          var options = CorpusOptions(split: plainSplit)
          options.format = .brat
          let file = folder.appendingPathComponent(name)
          _ = try CorpusReader.read(files: [file], options: options)
          return "read"
        } catch {
          return (error as? CorpusError)?.description ?? "another: \(error)"
        }
      }
    }
    let lines = "T1\tX 0 1\ta\n"
    #expect(try message([("d.ann", lines)], "d.ann").contains("d.txt beside it with the text"))
    #expect(try message([("d.txt", "a")], "d.txt").contains("d.ann beside it with the annotations"))
    #expect(try message([("d.x", "a")], "d.x").contains("X.ann and X.txt"))
    for wrong in ["T1 X 0 1 a", "T1\tX 0\ta", "T1\tX zero 1\ta", "Q1\tx", "A1\tNegation", "T1"] {
      let found = try message([("d.txt", "a"), ("d.ann", lines + wrong)], "d.ann")
      #expect(found.contains("d.ann:2: expected"))
    }
    #expect(failure(lines) { $0.format = .brat }.contains("another name"))
  }

  @Test func aFolderIsReadByItsAnnotations() throws {
    let files = [
      ("b.txt", "a b"), ("b.ann", "T1\tX 0 1\ta\n"), ("a.txt", "c"), ("a.ann", ""),
      ("annotation.conf", "[entities]"), ("README.txt", "read me"), (".hidden.ann", "?"),
    ]
    try Self.inFolder(files.map { ($0.0, Array($0.1.utf8)) }) { folder in
      let options = CorpusOptions(split: plainSplit)
      let corpus = try CorpusReader.read(files: [folder], options: options)
      #expect(corpus.documents.map(\.id) == ["a", "b"])
      // All files of the folder by name: the same documents once.
      let names = ["a.ann", "a.txt", "annotation.conf", "b.txt", "b.ann"]
      let all = try CorpusReader.read(
        files: names.map(folder.appendingPathComponent), options: options)
      #expect(all.documents == corpus.documents)
    }
    try Self.inFolder([]) { folder in
      _ = #expect(throws: CorpusError.self) {
        try CorpusReader.read(files: [folder], options: CorpusOptions())
      }
    }
  }

  // MARK: Writing

  private static func write(_ document: Document) throws -> Corpus {
    let files = try BratWriter().files(of: document, stem: "d")
    #expect(files.map(\.name) == ["d.txt", "d.ann"])
    return try read(files[0].bytes, files[1].bytes)
  }

  private static func roundTrip(_ corpus: Corpus) throws {
    for document in corpus.documents {
      let again = try write(document)
      #expect(again.documents == [document])
      #expect(again.documents.first?.text.hasSameBytes(as: document.text) ?? false)
      #expect(again.report.setAside.isEmpty)
    }
  }

  @Test func linesAreWrittenAsBratHasThem() throws {
    let document = Document(
      id: "x", text: "one\ntwo 😀 three", sentences: [],
      annotations: [
        Annotation(
          label: "creative work", range: 0..<7, layer: "l", id: "T7",
          attributes: [
            Attribute("MESH", "D1"), Attribute("flag", ""), Attribute("a b", "c d\ne"),
            Attribute("Reference", "W:1\tx"), Attribute("AnnotatorNotes", "n"),
          ]),
        Annotation(label: "50%25", fragments: [4..<7, 10..<15], id: "0"),
        Annotation(label: "Z", range: 8..<8, id: "T7"),
      ])
    let files = try BratWriter().files(of: document, stem: "s")
    #expect(
      String(decoding: files[1].bytes, as: UTF8.self) == """
        T7\tcreative%20work 0 3;4 7\tone two
        T1\t50%2525 4 7;10 15\ttwo three
        T2\tZ 8 8\t
        A1\tlayer T7 l
        A2\tMESH T7 D1
        A3\tflag T7
        #1\ta%20b T7\tc d%0Ae
        N1\tReference T7 W:1\tx
        #2\tAnnotatorNotes T7\tn

        """)
    var expected = document.annotations
    expected[1].id = "T1"
    expected[2].id = "T2"
    let again = try Self.write(document)
    #expect(again.documents[0].annotations == expected)
    for annotation in [
      Annotation(label: "", range: 0..<1),
      Annotation(label: "a", range: 0..<1, attributes: [Attribute("", "x")]),
      Annotation(label: "a", range: 0..<99),
    ] {
      let wrong = Document(text: "ab", sentences: [], annotations: [annotation])
      #expect(throws: CorpusError.self) { try BratWriter().files(of: wrong, stem: "s") }
    }
  }

  @Test(arguments: [21 as UInt64, 22, 23]) func randomDocumentsComeBack(seed: UInt64) throws {
    var random = RandomDocuments(seed: seed)
    for _ in 0..<60 {
      var document = random.next(hasSections: false)
      let text = Array(document.text.unicodeScalars)
      // Fragments with line ends alone between them are one for brat.
      document.annotations.removeAll { annotation in
        zip(annotation.fragments, annotation.fragments.dropFirst()).contains { left, right in
          text[left.upperBound..<right.lowerBound].allSatisfy { $0 == "\n" || $0 == "\r" }
        }
      }
      let again = try Self.write(document)
      #expect(again.documents[0].text.hasSameBytes(as: document.text), "seed \(seed)")
      #expect(again.documents[0].annotations == document.annotations, "seed \(seed)")
      #expect(again.report.setAside.isEmpty, "seed \(seed)")
      try Self.roundTrip(again)
    }
  }

  @Test func escapesAreUndone() {
    var random = RandomStream(seed: 31, purpose: "cases")
    let pieces: [Unicode.Scalar] = ["%", "2", "5", "0", "A", "D", " ", "\n", "\r", "\u{A0}", "é"]
    for _ in 0..<3000 {
      let text = String(
        scalars: (0..<Int.random(in: 0..<9, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        })
      #expect(BratText.name(BratText.escapedName(text).utf8).hasSameBytes(as: text), "seed 31")
      #expect(BratText.note(BratText.escapedNote(text).utf8).hasSameBytes(as: text), "seed 31")
    }
  }

  // MARK: Damage

  @Test func damageIsNoCrash() throws {
    let bytes = Array(Self.lines.utf8)
    var random = RandomStream(seed: 79, purpose: "cases")
    try Self.inFolder([("d.txt", Array(Self.text.utf8))]) { folder in
      let name = folder.appendingPathComponent("d.ann").path
      func check(_ damaged: [UInt8]) {
        do {
          let options = CorpusOptions(format: .brat, split: plainSplit)
          _ = try CorpusReader.read([.bytes(damaged, name: name)], options: options)
        } catch {
          #expect(error is CorpusError, "seed 79")
        }
      }
      for count in 0..<bytes.count { check(Array(bytes[..<count])) }
      for _ in 0..<1500 { check(flipped(bytes, using: &random)) }
      let fragments = (0..<50_000).map { _ in "0 5" }.joined(separator: ";")
      check(Array("T1\tX \(fragments)\tAcute\n".utf8))
    }
  }
}
