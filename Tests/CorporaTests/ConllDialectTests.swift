import Corpora
import Testing

/// The dialects of CoNLL, each with what is particular to it.
@Suite struct ConllDialectTests {
  private func format(_ text: String) -> CorpusFormat? {
    FormatDetection(sample: Array(text.utf8), isWhole: true)?.format
  }

  /// `LABEL text @layer` for each annotation.
  private func annotations(_ corpus: Corpus) -> [String] {
    corpus.documents.flatMap { document in
      let scalars = Array(document.text.unicodeScalars)
      return document.annotations.map { annotation in
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[annotation.range])
        return "\(annotation.label) \(text)" + (annotation.layer.map { " @\($0)" } ?? "")
      }
    }
  }

  // MARK: CoNLL-2003 and -2002

  @Test(arguments: [
    "-DOCSTART- -X- O O", "-DOCSTART- -X- -X- O", "-DOCSTART- O", "-DOCSTART-\tO", "-DOCSTART-",
    "-DOCSTART- -X- O O O",
  ])
  func everyDocumentStartIsNone(line: String) throws {
    let separator = line.contains("\t") ? "\t" : " "
    let corpus = try readCorpus(
      "\(line)\n\nEU NNP I-ORG\n\n\(line)\nPeter NNP I-PER"
        .split(separator: "\n", omittingEmptySubsequences: false).map {
          $0.hasPrefix("-") ? String($0) : $0.split(separator: " ").joined(separator: separator)
        }.joined(separator: "\n"))
    #expect(corpus.format == .conll2003)
    #expect(
      corpus.documents.map { $0.sentences.map(describe(_:)) } == [
        ["EU [ORG 0-1]"], ["Peter [PER 0-1]"],
      ])
  }

  @Test func everyLineEnd() throws {
    let rows = ["EU B-ORG", "rejects O", "", "Peter B-PER", "x O"]
    for end in ["\n", "\r\n", "\r", "\r\r\n"] {
      for last in ["", end] {
        let text = rows.joined(separator: end) + last
        for mark in ["", "\u{FEFF}"] {
          let corpus = try readCorpus(mark + text)
          #expect(
            corpus.sentences.map(describe) == ["EU/rejects [ORG 0-1]", "Peter/x [PER 0-1]"],
            "\(text.debugDescription)")
        }
      }
    }
    let mixed = try readCorpus("a B-X\rb O\r\nc O\r\rd B-Y\ne O\r\r\n\r\nf O\r")
    #expect(mixed.sentences.map(describe) == ["a/b/c [X 0-1]", "d/e [Y 0-1]", "f []"])
  }

  @Test func lineEndsDoNotDependOnChunks() throws {
    let text = Array("\u{FEFF}a O\r\rb B-X\r\r\nc O\rd O\n\r\ne\u{A0} O\r\n\r\r".utf8)
    func events(_ size: Int) throws -> [ConllEvent] {
      var stream = ConllStream(dialect: .generic, file: "test")
      var events: [ConllEvent] = []
      var start = 0
      while start < text.count {
        let end = min(text.count, start + size)
        try stream.feed(Array(text[start..<end])) { events.append($0) }
        start = end
      }
      try stream.finish { events.append($0) }
      return events
    }
    let whole = try events(text.count)
    for size in 1..<text.count { #expect(try events(size) == whole, "chunks of \(size)") }
    let bytes = whole.flatMap { event in
      switch event {
      case .line(let line): line.bytes
      case .sentence(let sentence): sentence.bytes
      }
    }
    #expect(bytes == text)
  }

  @Test func latin1IsSuggested() throws {
    let bytes = Array("Espa".utf8) + [0xF1] + Array("a NP B-LOC\n. Fp O\n".utf8)
    #expect(failure(bytes).contains("test:1:5: expected UTF-8 (or --encoding latin1)"))
    let corpus = try readCorpus(bytes) { $0.encoding = .latin1 }
    #expect(corpus.sentences.map(describe) == ["España/. [LOC 0-1]"])
  }

  // MARK: Social media

  @Test func hashesSpacesAndEmptyWordsAreWords() throws {
    let corpus = try readCorpus(
      "#nlp\tB-group\n#\tO\n\tO\n\t\nNew York\tB-location\n\u{FE0F}\tO\na\u{A0}b\tO")
    #expect(corpus.format == .wnut17)
    #expect(
      corpus.sentences.map(describe)
        == ["#nlp/#/ [group 0-1]", "New York/\u{FE0F}/a\u{A0}b [location 0-1]"])
  }

  @Test func cellsWithSeveralTags() throws {
    let corpus = try readCorpus(
      "The\tB-creative-work,B-person\nWho\tI-creative-work\nsang\tO\nx\tI-person,B-group\n")
    #expect(corpus.format == .wnut17)
    #expect(
      annotations(corpus).sorted() == [
        "creative-work The Who", "group x", "person The", "person x",
      ])
    #expect(describe(corpus.sentences[0].spans) == "creative-work 0-2 person 3-4")
    #expect(corpus.report.spans == 4)
    let label = try readCorpus("a\tB-x,y\nb\tI-x,y\n")
    #expect(annotations(label) == ["x,y a b"])
  }

  // MARK: Universal NER

  @Test func textCommentsTellSpaces() throws {
    let corpus = try readCorpus(
      "# sent_id = 1\n# text = Don't go,  Al!\n1\tDo\tO\t-\t-\n2\tn't\tO\t-\t-\n3\tgo\tO\n"
        + "4\t,\tB-O\t-\tx\n5\tAl\tB-PER\t-\tx\n6\t!\tO\t-\t-\n\n"
        + "# text = other words\n1\ta\tO\t-\t-\n2\tb\tO\t-\t-\n")
    #expect(corpus.format == .uner)
    #expect(corpus.documents[0].text == "Don't go, Al!\na b")
    #expect(
      corpus.sentences[0].words.map(\.spaceAfter) == [false, true, false, true, false, true])
    #expect(annotations(corpus) == ["PER Al"])
    #expect(corpus.report.repaired == ["B-O read as O": 1])
    #expect(offsetsAgree(corpus))
  }

  // MARK: GermEval

  @Test func germEvalHasTwoLayers() throws {
    let text =
      "#\thttp://de.example.org/x\t[2009-10-17]\n1\tTU\tB-ORG\tO\n2\tBerlin\tI-ORG\tB-LOC\n"
      + "3\tdeutsche\tB-LOCderiv\tO\n4\t.\tO\tO\n\n"
      + "#\thttp://de.example.org/y\t[2010-01-01]\n1\ta\tb\tB-PER\tO\n2\tc\tB-ORGpart\tO\n"
    let corpus = try readCorpus(text)
    #expect(corpus.format == .germeval)
    #expect(
      annotations(corpus).sorted() == [
        "LOC Berlin @inner", "LOCderiv deutsche @outer", "ORG TU Berlin @outer",
        "ORGpart c @outer", "PER a @outer",
      ])
    #expect(describe(corpus.sentences[0].spans) == "ORG 0-2 LOCderiv 2-3")
    #expect(corpus.sentences[0].comments == ["#\thttp://de.example.org/x\t[2009-10-17]"])
    let inner = try readCorpus(text) { $0.annotationSet = "inner" }
    #expect(annotations(inner) == ["LOC Berlin @inner"])
    #expect(
      failure(text) { $0.annotationSet = "x" }
        == "--annotation-set: expected all, or one of outer, inner, found \"x\"")
    #expect(
      failure("1\ta\tO\tO\n2\tb\tO\n3\tc\tO\tO\n") { $0.format = .germeval }
        == "test:2: expected 4 columns, found 3 columns")
  }

  // MARK: Other orders of columns

  @Test func tagsMayComeFirst() throws {
    let corpus = try readCorpus(
      "O\twhat\r\nB-Actor\tbrad\r\nI-Actor\tpitt\r\n\r\nB-Rating\tO\r\n")
    #expect(corpus.format == .tagFirst)
    #expect(corpus.sentences.map(describe) == ["what/brad/pitt [Actor 1-3]", "O [Rating 0-1]"])
    #expect(failure("O\twhat\nB-X\n") { $0.format = .tagFirst }.hasPrefix("test:2: expected 2 col"))
  }

  @Test func offsetsPlaceTheWords() throws {
    let text = "The 0 3 O\nleft 4 8 B-Organ\nlung 9 13 I-Organ\n. 13 14 O\n\nIt\t16 18 O\n"
      .split(separator: "\t").joined(separator: " ")
    let corpus = try readCorpus(text)
    #expect(corpus.format == .wordOffsets)
    #expect(corpus.documents[0].text == "The left lung.\n It")
    #expect(corpus.sentences[0].words.map(\.spaceAfter) == [true, true, false, true])
    #expect(annotations(corpus) == ["Organ left lung"])
    #expect(offsetsAgree(corpus))
    let other = try readCorpus("The 0 9 O\nleft 4 8 B-Organ\n")
    #expect(other.documents[0].text == "The left")
    #expect(other.report.repaired == ["offsets of words that do not fit them not used": 1])
    let far = try readCorpus("The 0 3 O\nleft 9223372036854775803 9223372036854775807 O\n")
    #expect(far.documents[0].text == "The left")
    let two = try readCorpus("ab 0 2 O\n\ncd 3 5 O\n\nef 0 2 B-X\n")
    #expect(two.documents.map(\.text) == ["ab\ncd", "ef"])
  }

  // MARK: HIPE

  private let hipe =
    "TOKEN\tNE-COARSE-LIT\tNE-COARSE-METO\tNE-FINE-LIT\tNE-NESTED\tNEL-LIT\tMISC\n"
    + "# hipe2022:language = en\n# hipe2022:document_id = d1\n# hipe2022:date = 1881\n"
    + "Plut\tB-pers\t_\tB-pers.author\tO\tQ1\tNoSpaceAfter|LED0.00\n.\tI-pers\t_\tI-pers.author\tO\tQ1\t_\n"
    + "says\tO\t_\tO\tO\t_\tEndOfSentence\n#\tO\t_\tO\tO\t_\tNoSpaceAfter|EndOfLine\n"
    + "Rome\tB-loc\tB-org\tB-loc\tO\tQ2\tEndOfLine\nnow\tO\t_\tO\tO\t_\t_\n"
    + "# hipe2022:language = en\n# hipe2022:document_id = d2\nBern\tB-loc\t_\tB-loc\tO\t_\t_\n"

  @Test func hipeHeadersNameTheColumns() throws {
    let corpus = try readCorpus(hipe)
    #expect(corpus.format == .hipe)
    #expect(corpus.documents.map(\.id) == ["d1", "d2"])
    #expect(corpus.documents.map(\.text) == ["Plut. says\n#\nRome\nnow", "Bern"])
    #expect(
      corpus.sentences.map(describe) == [
        "Plut/./says [pers 0-2]", "#/Rome/now [loc 1-2]", "Bern [loc 0-1]",
      ])
    #expect(corpus.sentences[0].words.map(\.spaceAfter) == [false, true, true])
    #expect(
      corpus.sentences[0].comments == [
        "# hipe2022:language = en", "# hipe2022:document_id = d1", "# hipe2022:date = 1881",
      ])
    #expect(corpus.sentences[2].comments.count == 2)
    #expect(
      corpus.report.setAside == [
        "in the column NE-COARSE-METO (--annotation-set reads it)": 1,
        "in the column NE-FINE-LIT (--annotation-set reads it)": 3,
      ])
    #expect(offsetsAgree(corpus))
    let fine = try readCorpus(hipe) { $0.annotationSet = "NE-FINE-LIT" }
    #expect(
      annotations(fine) == [
        "pers.author Plut. @NE-FINE-LIT", "loc Rome @NE-FINE-LIT", "loc Bern @NE-FINE-LIT",
      ])
    let all = try readCorpus(hipe) {
      $0.annotationSet = "all"
      $0.format = .hipe
    }
    #expect(all.report.spans == 7)
    #expect(all.report.setAside.isEmpty)
    #expect(failure(hipe + "x\tO\n").hasPrefix("test:14: expected 7 columns"))
  }

  @Test func olderHIPE() throws {
    let corpus = try readCorpus(
      "TOKEN\tNE-COARSE-LIT\tMISC\n# language = de\n# document_id = a\n# segment_iiif_link = _\n"
        + "Der\tO\tEndOfLine|NoSpaceAfter\n# segment_iiif_link = x/y\nRhein\tB-loc\tPySBDSegment\n"
        + "ist\tO\t_\n\n# language = de\n# document_id = b\nx\tO\t_\n")
    #expect(corpus.format == .hipe)
    #expect(corpus.documents.map(\.id) == ["a", "b"])
    #expect(corpus.sentences.map(describe) == ["Der/Rhein [loc 1-2]", "ist []", "x []"])
    #expect(corpus.sentences[0].comments.last == "# segment_iiif_link = x/y")
  }

  // MARK: Layers

  @Test func litBankHasAColumnForEachDepth() throws {
    let corpus = try readCorpus(
      "no\tO\tB-PER\tO\t\none\tO\tI-PER\tO\t\non\tO\tI-PER\tO\t\nearth\tB-LOC\tI-PER\tO\t\n\n"
        + "x\tO\tO\tO\t\n")
    #expect(corpus.format == .layered)
    #expect(annotations(corpus) == ["LOC earth @1", "PER no one on earth @2"])
    #expect(describe(corpus.sentences[0].spans) == "PER 0-4")
    let flat = try readCorpus(
      "no\tO\tB-PER\tO\t\none\tO\tI-PER\tO\t\nearth\tB-LOC\tI-PER\tO\t\n"
    ) { $0.nesting = .innermost }
    #expect(describe(flat.sentences[0].spans) == "LOC 2-3")
    #expect(
      failure("a\tO\tO\nb\tO\nc\tO\tO\n")
        == "test:2: expected 3 columns, as in line 1, found 2 columns")
    // Gold tags and a tagger's, chunks and entities are not layers.
    #expect(format("a\tB-PER\tB-PER\nb\tO\tO\n") == .conll)
    #expect(format("a\tB-NP\tB-PER\nb\tI-NP\tO\n") == .conll)
  }

  // MARK: Europeana

  @Test func europeanaIsReadAsItMustBeMeant() throws {
    let corpus = try readCorpus(
      "# file:\t001.xml\nDer O\nRhein B_LOC\n# O\nHans B.PER\nWurst I-PEr\nbei\nKöln x LOC\n"
        + "Amt ORG\nx ??\ny B-DATE O O O\n# file:\t002.xml\nEnde o\n")
    #expect(corpus.documents.map(\.id) == ["001.xml", "002.xml"])
    #expect(
      corpus.sentences.map(describe) == [
        "Der/Rhein/#/Hans/Wurst/bei/Köln/Amt/x/y [LOC 1-2 PER 3-5 LOC 6-7 ORG 7-8 DATE 9-10]",
        "Ende []",
      ])
    #expect(
      corpus.report.repaired == [
        "row without a tag read as O": 1, "row of more than two columns: its first tag read": 2,
        "tag \"B_LOC\" read as B-LOC": 1, "tag \"B.PER\" read as B-PER": 1,
        "tag \"I-PEr\" read as I-PER": 1, "tag \"LOC\" read as I-LOC": 1,
        "tag \"ORG\" read as I-ORG": 1, "tag \"??\" read as O": 1, "tag \"o\" read as O": 1,
        "span without a begin tag started": 2,
      ])
  }

  // MARK: Tags

  @Test(arguments: [
    ("B_creative-work", "I_creative-work", "O"), ("B.creative-work", "I.creative-work", "O"),
    ("b-creative-work", "i-creative-work", "o"), ("b_creative-work", "i_creative-work", "o"),
  ])
  func otherSeparatorsAndLowerCase(begin: String, inside: String, outside: String) throws {
    let text = "a \(begin)\nb \(inside)\nc \(outside)\nd \(begin)\n"
    let corpus = try readCorpus(text)
    #expect(corpus.sentences.map(describe) == ["a/b/c/d [creative-work 0-2 creative-work 3-4]"])
    #expect(corpus.scheme == .iob2)
    #expect(corpus.report.repaired.isEmpty)
    let forced = try readCorpus(text) { $0.format = .conll }
    #expect(describe(forced.sentences[0]) == describe(corpus.sentences[0]))
  }

  @Test func labelsAloneAreIO() throws {
    for separator in [" ", "\t"] {
      let corpus = try readCorpus(
        "a ORG\nb ORG\nc O\nd PERS_x\n".split(separator: " ").joined(separator: separator))
      #expect(corpus.scheme == .io)
      #expect(corpus.sentences.map(describe) == ["a/b/c/d [ORG 0-2 PERS_x 3-4]"])
    }
    // Parts of speech are not labels.
    #expect(failure("a NN\nb VB\nc DT\n").contains("expected"))
    #expect(failure("a\tNN\nb\tVB\n").contains("test:1: expected a tag of IOB2"))
  }

  @Test func damagedRowsAreErrorsWhereverTheyAre() {
    var rows = (0..<20_000).map { "word\($0) NNP I-NP \($0 % 7 == 0 ? "B-PER" : "O")" }
    for index in stride(from: 20, to: rows.count, by: 20) { rows[index] = "" }
    rows[19_990] = "word NNP I-NP"
    #expect(
      failure(rows.joined(separator: "\n"))
        == "test:19991: expected 4 columns, as in line 1, found 3 columns")
    rows[19_990] = "word NNP I-NP Q-PER"
    #expect(
      failure(rows.joined(separator: "\n")).hasPrefix("test:19991: expected a tag of IOB2"))
  }

  @Test func truncatedAndDamagedFilesAreErrorsOrDocuments() throws {
    let samples = [
      hipe, "1\tTU\tB-ORG\tO\n2\tBerlin\tI-ORG\tB-LOC\n", "The 0 3 O\nleft 4 8 B-Organ\n",
      "# file:\tx\nA B.PER\n\rb\n", "no\tO\tB-PER\t\nearth\tB-LOC\tI-PER\t\n",
      "# text = a b\n1\ta\tO\n2\tb\tB-X\t-\t-\n",
    ]
    for sample in samples {
      let bytes = Array(sample.utf8)
      for count in 0..<bytes.count { _ = failure(Array(bytes[..<count])) }
      var state: UInt64 = 7
      for _ in 0..<300 {
        var damaged = bytes
        for _ in 0..<3 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          damaged[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
        }
        let message = failure(damaged)
        #expect(!message.hasPrefix("another error"), "seed 7: \(message)")
      }
    }
  }
}
