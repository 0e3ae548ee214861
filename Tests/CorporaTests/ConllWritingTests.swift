import Corpora
import Foundation
import Kernels
import Testing

/// CoNLL written from documents, and rewritten in other schemes.
@Suite struct ConllWritingTests {
  /// A file through `ConllRewriter`.
  private func rewritten(
    _ text: String, to scheme: TagScheme? = nil, spelling: TagSpelling? = nil,
    format: CorpusFormat? = nil
  ) throws -> String {
    let input = CorpusInput.bytes(Array(text.utf8), name: "test")
    var options = CorpusOptions(split: plainSplit)
    options.format = format
    let dialect = try #require(
      try CorpusReader.detect(try ByteSource(input), options: options).dialect)
    let from = try readCorpus(text) { $0.format = format }.scheme ?? .iob2
    var rewriter = ConllRewriter(
      dialect: dialect, file: "test", from: from, to: scheme ?? from, spelling: spelling)
    var stream = ConllStream(dialect: dialect, file: "test")
    var output: [UInt8] = []
    try stream.feed(Array(text.utf8)) { output += try rewriter.bytes(of: $0) }
    try stream.finish { output += try rewriter.bytes(of: $0) }
    return String(decoding: output, as: UTF8.self)
  }

  private let files = [
    "-DOCSTART- -X- O O\r\n\r\nEU  NNP I-NP I-ORG\r\nb VBZ I-VP O\r\n\t\nlast NN I-NP O",
    "#\thttp\t[d]\n1\tTU\tB-ORG\tO\n2\tB\tI-ORG\tB-LOC\n\n1\ta\tb\tB-PER\tO\n2\tc\tO\tO\n",
    "a\tB-x,B-y\nb\tI-y\nc\tO\nd\tB-z\n", "a b_LOC\rb i_LOC\r\rc o\r",
    "no\tO\tB-PER\tO\t\none\tB-LOC\tI-PER\tO\t\n\n", "a ORG\nb ORG\nc O\nd LOC\n",
    "The 0 3 O\nleft 4 8 B-Organ\n", "O\tthe\nB-X\tman\n",
    "TOKEN\tNE-COARSE-LIT\tNE-FINE-LIT\tMISC\n# document_id = d\nA\tB-x\t_\tEndOfSentence\nb\tO\tB-y\t_\n",
  ]

  @Test func sameSchemeIsTheSameBytes() throws {
    for file in files { #expect(try rewritten(file) == file) }
  }

  @Test func everyTagColumnIsRewritten() throws {
    #expect(
      try rewritten(files[1], to: .iobes)
        == "#\thttp\t[d]\n1\tTU\tB-ORG\tO\n2\tB\tE-ORG\tS-LOC\n\n1\ta\tb\tS-PER\tO\n2\tc\tO\tO\n")
    #expect(
      try rewritten(files[4], to: .bilou)
        == "no\tO\tB-PER\tO\t\none\tU-LOC\tL-PER\tO\t\n\n")
    #expect(try rewritten(files[2], to: .iobes) == "a\tS-x,B-y\nb\tE-y\nc\tO\nd\tS-z\n")
    #expect(try rewritten(files[3], to: .iobes) == "a b_LOC\rb e_LOC\r\rc o\r")
    #expect(
      try rewritten(files[3], spelling: TagSpelling()) == "a B-LOC\rb I-LOC\r\rc O\r")
    #expect(try rewritten(files[5], to: .iob2) == "a B-ORG\nb I-ORG\nc O\nd B-LOC\n")
    #expect(
      try rewritten("1\ta\tB-O\n2\tb\tB-X\n", to: .iob2) == "1\ta\tO\n2\tb\tB-X\n")
    for file in files {
      for scheme in TagScheme.allCases where scheme != .io {
        let back = try readCorpus(try rewritten(file, to: scheme)) {
          $0.scheme = scheme
          $0.annotationSet = file.hasPrefix("TOKEN") ? "all" : nil
        }
        let corpus = try readCorpus(file) {
          $0.annotationSet = file.hasPrefix("TOKEN") ? "all" : nil
        }
        #expect(back.documents.map(\.annotations) == corpus.documents.map(\.annotations))
      }
    }
  }

  @Test func europeanaIsWrittenRegularly() throws {
    #expect(
      try rewritten("# file:\tx\nA B.PER\nB i_PEr\nc O\nd\n")
        == "# file:\tx\nA B.PER\nB i_PEr\nc O\nd\n")
    #expect(
      try rewritten("# file:\tx\nA B.PER\nB i_PEr\nc O\nd\n", to: .iobes)
        == "# file:\tx\nA B.PER\nB E-PER\nc O\nd\n")
    let schemes = try readCorpus("# file:\tx\nA B-PER\nB E-PER\nc S-LOC\nd\n")
    #expect(schemes.sentences.map(describe) == ["A/B/c/d [PER 0-2 LOC 2-3]"])
  }

  @Test func documentsKeepTheirNames() throws {
    let text = "# newdoc id = a b\nx\tB-P\n\ny\tO\n\n-DOCSTART-\tO\n\nz\tB-Q\n\n"
    let corpus = try readCorpus(text)
    #expect(corpus.documents.map(\.id) == ["a b", nil])
    for separator in [ConllDialect.Separator.tab, .spaces] {
      let writer = ConllWriter(separator: separator, marksDocuments: true)
      let written = try corpus.documents.flatMap { try writer.bytes(of: $0) }
      let back = try readCorpus(written)
      #expect(back.documents.map(\.id) == ["a b", nil])
      #expect(back.documents.map(\.annotations) == corpus.documents.map(\.annotations))
      #expect(back.documents.map(\.text) == corpus.documents.map(\.text))
      if separator == .tab { #expect(String(decoding: written, as: UTF8.self) == text) }
    }
    var document = corpus.documents[0]
    document.id = "a\nb"
    #expect(throws: CorpusError.self) {
      try ConllWriter(marksDocuments: true).bytes(of: document)
    }
    let mark = Document(words: ["-DOCSTART-"])
    #expect(throws: CorpusError.self) { try ConllWriter().bytes(of: mark) }
  }

  @Test func separatorsAndLabelsAlone() throws {
    let document = Document(
      words: ["a", "b", "c"], spans: [EntitySpan(label: "X-y", words: 0..<2)])
    var writer = ConllWriter(separator: .spaces, scheme: .iobes)
    writer.spelling = TagSpelling(separator: .dot, hasLowerCase: true)
    #expect(
      String(decoding: try writer.bytes(of: document), as: UTF8.self)
        == "a b.X-y\nb e.X-y\nc o\n\n")
    writer.scheme = .io
    writer.spelling = TagSpelling(isBare: true)
    #expect(
      String(decoding: try writer.bytes(of: document), as: UTF8.self) == "a X-y\nb X-y\nc O\n\n")
  }

  @Test func nestedSpansSurviveLayers() throws {
    let seed: UInt64 = 41
    var random = RandomStream(seed: seed, purpose: "cases")
    for round in 0..<300 {
      let count = Int.random(in: 1...12, using: &random)
      var document = Document(
        id: "d\(round)", words: (0..<count).map { ["w", "#", "é\u{301}", "👩‍🔬", "O"][$0 % 5] })
      let words = document.sentences[0].words.map(\.range)
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let start = Int.random(in: 0..<count, using: &random)
        let end = Int.random(in: start..<count, using: &random)
        document.annotations.append(
          Annotation(
            label: ["PER", "creative-work", "é"].randomElement(using: &random) ?? "",
            range: words[start].lowerBound..<words[end].upperBound))
      }
      for scheme in TagScheme.allCases where scheme != .io {
        let writer = ConllWriter(scheme: scheme, columns: .layered, marksDocuments: true)
        #expect(writer.leftOut(of: document) == 0)
        let back = try readCorpus(try writer.bytes(of: document)) { $0.scheme = scheme }
        let place: Comment = "seed \(seed), round \(round), \(scheme)"
        #expect(back.format == .layered, place)
        #expect(back.documents[0].id == document.id, place)
        #expect(back.documents[0].text.utf8.elementsEqual(document.text.utf8), place)
        #expect(spans(back.documents[0]) == spans(document), place)
      }
    }
    var document = Document(words: ["ab", "c"])
    document.annotations = [
      Annotation(label: "X", range: 0..<1), Annotation(label: "X", fragments: [0..<2, 3..<4]),
      Annotation(label: "X", range: 1..<1), Annotation(label: "X", range: 0..<2),
    ]
    #expect(ConllWriter(columns: .layered).leftOut(of: document) == 3)
    #expect(ConllWriter.depth(of: document) == 1)
    document.annotations = (0..<2000).map { _ in Annotation(label: "X", range: 0..<2) }
    #expect(throws: CorpusError.self) { try ConllWriter(columns: .layered).bytes(of: document) }
  }

  private func spans(_ document: Document) -> [[UInt8]] {
    document.annotations.map { Array("\($0.range) \($0.label)".utf8) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test(
    .enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"),
    arguments: [
      "wnut17/emerging.test.conll", "btc/btc.dev", "uner-en-ewt/en_ewt-ud-dev.iob2",
    ])
  func realFilesComeBackByteForByteAndInOtherSchemes(file: String) throws {
    let text = try String(contentsOf: SharedCorpora.file(file), encoding: .utf8)
    let corpus = try readCorpus(text)
    #expect(try rewritten(text).utf8.elementsEqual(text.utf8) || !corpus.report.repaired.isEmpty)
    let scheme: TagScheme = corpus.scheme == .iobes ? .iob2 : .iobes
    let back = try readCorpus(try rewritten(text, to: scheme)) { $0.scheme = scheme }
    #expect(back.documents.map(\.annotations) == corpus.documents.map(\.annotations))
  }

  @Test(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
  func realFilesWithoutASourceCount() throws {
    func read(_ file: String) throws -> Corpus {
      try CorpusReader.read(
        files: [SharedCorpora.file(file)], options: CorpusOptions(split: plainSplit))
    }
    let french = try read("europeana/enp_FR.bnf.bio")
    #expect(french.report.words == 205_916)
    #expect(french.scheme == .iob1)
    #expect(
      french.labelCounts.map { "\($0.label) \($0.count)" } == ["LOC 4226", "ORG 1339", "PER 4271"])
    let dutch = try read("europeana/enp_NL.kb.bio")
    #expect(dutch.report.words == 182_482)
    #expect(
      dutch.labelCounts.map { "\($0.label) \($0.count)" } == ["LOC 4127", "ORG 617", "PER 2358"])
    #expect(dutch.report.repaired == ["span without a begin tag started": 92])
    let several = try read("wnut17/emerging.test.conll")
    #expect(several.report.sentences == 1287)
    #expect(several.report.words == 23394)
    #expect(several.report.spans == 1232)
  }
}
