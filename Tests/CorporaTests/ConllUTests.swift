import Corpora
import Foundation
import Kernels
import Testing

/// `label@text` of each annotation, fragments with `+` between them.
func describeAnnotations(_ document: Document) -> String {
  let scalars = Array(document.text.unicodeScalars)
  return document.annotations.map { annotation in
    annotation.label + "@"
      + annotation.fragments.map { range in
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range])
        return String(text)
      }.joined(separator: "+")
  }.joined(separator: " ")
}

/// Rows of CoNLL-U from `id form misc`, with spaces; an empty line ends a sentence.
private func conllu(_ rows: String) -> String {
  rows.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    guard let first = line.first, first != "#" else { return String(line) }
    let cells = line.split(separator: " ")
    return "\(cells[0])\t\(cells[1])\t_\t_\t_\t_\t_\t_\t_\t\(cells.count > 2 ? cells[2] : "_")"
  }.joined(separator: "\n") + "\n"
}

private let sample = conllu(
  """
  # newdoc id = first
  # global.Entity = GRP-etype-infstat-link
  # sent_id = 1
  # text = I'm in Den Haag, U.K.
  1-2 I'm _
  1 I Entity=(1-person-giv)
  2 'm _
  2.1 here _
  3 in _
  4 Den Entity=(2-place-new-The_Hague-NL
  5 Haag Entity=2)|SpaceAfter=No
  6 , SpaceAfter=Yes
  7 U.K. Entity=(3-place)

  # newdoc id = second
  # text = vu du parc
  1 vu _
  2-3 du _
  2 de _
  3 le Entity=(4-place-new
  4 parc Entity=4)

  """)

struct ConllUTests {
  @Test func multiwordTokensEmptyNodesAndEntities() throws {
    let corpus = try readCorpus(sample)
    #expect(corpus.format == .conllu)
    #expect(corpus.documents.map(\.id) == ["first", "second"])
    let first = corpus.documents[0]
    #expect(first.text == "I'm in Den Haag, U.K.")
    #expect(describeAnnotations(first) == "person@I place@Den Haag place@U.K.")
    #expect(first.annotations[1].id == "2")
    #expect(
      first.annotations[1].attributes == [
        Attribute("infstat", "new"), Attribute("link", "The_Hague-NL"),
      ])
    #expect(
      describe(first.sentences[0])
        == "I/'m/in/Den/Haag/,/U.K. [person 0-1 place 3-5 place 6-7]")
    #expect(
      first.sentences[0].words.map(\.spaceAfter) == [false, true, true, true, false, true, true])
    #expect(first.sentences[0].words[1].range == 1..<3)
    #expect(first.sentences[0].rows.count == 7)
    let second = corpus.documents[1]
    #expect(second.text == "vu du parc")
    // Neither "de" nor "le" is written: both have the place of "du".
    #expect(second.sentences[0].words.map(\.range) == [0..<2, 3..<5, 3..<5, 6..<10])
    #expect(describeAnnotations(second) == "place@du parc")
    #expect(corpus.report.notes.isEmpty)
  }

  @Test func writesTheSameBytes() throws {
    let corpus = try readCorpus(sample)
    let written = try corpus.documents.flatMap { try ConllUWriter().bytes(of: $0) }
    #expect(String(decoding: written, as: UTF8.self) == sample)
  }

  @Test func bracketsInAnyOrder() throws {
    let corpus = try readCorpus(
      conllu(
        """
        # global.Entity = eid-etype-head
        1 a Entity=(1-place-1(2-org-1
        2 b Entity=(3-time-1)
        3 c Entity=1)2)
        4 d Entity=(4-a-1
        5 e Entity=(5-b-1)4)(6-c-1

        1 f Entity=(1-x-1
        2 g Entity=6)
        3 h Entity=(1-y-11)
        4 i Entity=1)

        """))
    let names = describeAnnotations(corpus.documents[0]).replacingOccurrences(of: "\n", with: "/")
    // An entity of two sentences; of two with one number, the one opened in an earlier row closes.
    #expect(
      names
        == "place@a b c org@a b c time@b a@d e b@e c@e/f g x@f g h i y@h")
    #expect(corpus.report.notFlat["across sentences"] == 1)
  }

  @Test func issueExamplesWithoutDeclaration() throws {
    let corpus = try readCorpus(
      conllu(
        """
        1 a Entity=(a-person-(b-org)
        2 b Entity=a)
        3 c Entity=(3-time-)
        4 d Entity=(place)
        5 e Entity=(person-12
        6 f Entity=12)

        """))
    #expect(
      describeAnnotations(corpus.documents[0]) == "person@a b org@a time@c place@d person@e f")
    #expect(corpus.documents[0].annotations.map(\.id) == ["a", "b", "3", "place", "12"])
  }

  @Test func discontinuousEntities() throws {
    let corpus = try readCorpus(
      conllu(
        """
        # global.Entity = eid-etype-head-other
        1 left Entity=(e1[1/2]-organ-1-x)(e2-organ-3
        2 and _
        3 right Entity=e2)
        4 lungs Entity=(e1[2/2]-organ-1-x)
        5 odd Entity=(e3[2/2]-organ)(e4[1/3]-organ)(e5-organ
        """))
    #expect(describeAnnotations(corpus.documents[0]) == "organ@left+lungs organ@left and right")
    #expect(corpus.documents[0].annotations[0].id == "e1")
    #expect(
      corpus.report.setAside == [
        "part of a discontinuous entity without the parts before it": 1,
        "discontinuous entity without all of its parts": 1,
        "entity not closed by the end of its document": 1,
      ])
  }

  @Test func entitiesOfEmptyNodesAndMultiwordTokens() throws {
    let corpus = try readCorpus(
      conllu(
        """
        # global.Entity = eid-etype
        0.1 he Entity=(e1-person)
        1-2 du Entity=(e2-place)
        1 de _
        2 le _
        2.1 it Entity=(e3-thing
        3 parc Entity=e3)

        """))
    #expect(describeAnnotations(corpus.documents[0]) == "place@du thing@parc")
    #expect(corpus.report.setAside == ["entity of empty nodes alone": 1])
  }

  @Test func tagsInTheLastColumn() throws {
    for key in ["NER", "NE", "ner", "Entity"] {
      let corpus = try readCorpus(
        conllu(
          "1 a \(key)=B-PER\n2 b \(key)=I-PER|SpaceAfter=No\n3 c \(key)=O\n4 d x=y|\(key)=B-LOC\n"))
      #expect(describe(corpus.sentences[0]) == "a/b/c/d [PER 0-2 LOC 3-4]")
      #expect(corpus.documents[0].text == "a bc d")
    }
    let both = try readCorpus(conllu("1 a NER=B-PER|Entity=(1-x)\n"))
    #expect(describe(both.sentences[0].spans) == "x 0-1")
    #expect(both.report.setAside == ["tag of NER= beside other entities": 1])
  }

  @Test func textIsTheRowsText() throws {
    let corpus = try readCorpus(
      conllu(
        "# text = a  b c\n1 a SpacesAfter=\\s\\n|Entity=(1-x\n2 b Entity=1)\n3 c SpaceAfter=No\n")
        + "\n" + conllu("# text = another\n1 é\u{301}😊 SpaceAfter=No\n2 z _"))
    #expect(corpus.documents[0].text == "a \nb c\né\u{301}😊z")
    #expect(corpus.sentences[1].words.map(\.range) == [7..<10, 10..<11])
    #expect(corpus.report.repaired == ["# text that is not the text of its words": 1])
  }

  @Test func declaredColumns() throws {
    let corpus = try readCorpus(
      "# global.columns = ID FORM UPOS MISC\n1\ta\t_\tEntity=(1-x)\n2\tb\t_\t_\n")
    #expect(corpus.format == .conllu)
    #expect(describe(corpus.sentences[0]) == "a/b [x 0-1]")
  }

  @Test func fileWithoutEntities() throws {
    let text = conllu("1 a _\n2 b _\n")
    #expect(
      failure(text) == "test: expected entities in the last column (Entity=, NER=), found none")
    let corpus = try readCorpus(text) { $0.requiresAnnotations = false }
    #expect(corpus.isAnnotated == false)
  }

  @Test func errorsSayWhere() {
    func error(_ text: String) -> String { failure(text) { $0.format = .conllu } }
    #expect(error("1\ta\n") == "test:1: expected 10 columns with tabs between them, found 2")
    #expect(
      error(conllu("# x\n1 a _\n3 b _"))
        == "test:3:1: expected the row after the last, found \"3\"")
    #expect(
      error(conllu("x a _")).hasPrefix("test:1:1: expected a word's number (7), a range (5-6)"))
    #expect(
      error(conllu("1 a Entity=(1-x\n2 b Entity=7)"))
        == "test:2: expected the end of an entity that has been opened, found \"7)\"")
    #expect(
      error(conllu("1 a Entity=(1-x)1"))
        == "test:1: expected brackets such as (1-person or 1) in Entity=, found \"(1-x)1\"")
    #expect(
      error(conllu("1-3 a _\n1 b _\n2 c _\n"))
        == "test:3: expected a row for word 3, found the end of the sentence")
    #expect(
      error(conllu("2 a _")).hasPrefix("test:1:1: expected a sentence that starts with word 1"))
    #expect(error(conllu("1 a Entity=" + String(repeating: "(1-x", count: 5000))).contains("4096"))
  }

  @Test func damagedFilesAreReadOrRefused() {
    damage(Array(sample.utf8), format: .conllu, seed: 1)
  }

  @Test func writesOtherDocuments() throws {
    var generator = RandomStream(seed: 11, purpose: "cases")
    for round in 0..<200 {
      let document = randomDocument(&generator)
      let bytes = try ConllUWriter().bytes(of: document)
      let back = try readCorpus(bytes) {
        $0.format = .conllu
        $0.requiresAnnotations = false
      }
      #expect(back.documents.count == 1, "round \(round)")
      let other = back.documents[0]
      #expect(other.text == document.text, "round \(round)")
      #expect(other.sentences.map(\.words) == document.sentences.map(\.words), "round \(round)")
      func keys(_ document: Document) -> [String] {
        document.annotations.map { "\($0.label) \($0.fragments)" }.sorted()
      }
      #expect(keys(other) == keys(document), "round \(round)")
      #expect(try ConllUWriter().bytes(of: other) == bytes, "round \(round)")
    }
  }

  @Test func changedEntitiesAreWrittenAnew() throws {
    var document = try readCorpus(sample).documents[0]
    document.annotations = [
      Annotation(label: "LOC", fragments: [7..<10, 17..<21]),
      Annotation(label: "X-Y", range: 0..<3),
    ]
    let written = try ConllUWriter().bytes(of: document)
    let text = String(decoding: written, as: UTF8.self)
    #expect(text.hasPrefix("# newdoc id = first\n# global.Entity = GRP-etype\n# sent_id = 1\n"))
    #expect(text.contains("1-2\tI'm\t") && text.contains("2.1\there\t"))
    let back = try readCorpus(written).documents[0]
    #expect(describeAnnotations(back) == "X-Y@I'm LOC@Den+U.K.")
    document.annotations = [Annotation(label: "LOC", range: 8..<10)]
    #expect(throws: CorpusError.self) { try ConllUWriter().bytes(of: document) }
  }

  /// Words of odd characters, entities nested, crossing and in parts.
  private func randomDocument(_ generator: inout RandomStream) -> Document {
    let forms = ["a", "😊", "e\u{301}", "#", "(", "|", "_", "\u{A0}x", "10 000", "=", "5-6"]
    var text = ""
    var length = 0
    var sentences: [Sentence] = []
    var all: [Range<Int>] = []
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      if !sentences.isEmpty { (text, length) = (text + "\n", length + 1) }
      var words: [Word] = []
      let count = Int.random(in: 1...6, using: &generator)
      for index in 0..<count {
        let form = forms[Int.random(in: 0..<forms.count, using: &generator)]
        let end = length + form.unicodeScalars.count
        let gap =
          index == count - 1 ? "" : ["", " ", " \t"][Int.random(in: 0...2, using: &generator)]
        let isSpaced = !gap.isEmpty || index == count - 1
        words.append(Word(text: form, range: length..<end, spaceAfter: isSpaced))
        all.append(length..<end)
        text += form + gap
        length = end + gap.unicodeScalars.count
      }
      sentences.append(Sentence(words: words))
    }
    var document = Document(id: "d", text: text, sentences: sentences)
    for index in 0..<Int.random(in: 0...8, using: &generator) {
      let (a, b) = (
        Int.random(in: 0..<all.count, using: &generator),
        Int.random(in: 0..<all.count, using: &generator)
      )
      let range = all[min(a, b)].lowerBound..<all[max(a, b)].upperBound
      var fragments = [range]
      let last = max(a, b)
      if last + 1 < all.count, Bool.random(using: &generator) { fragments.append(all[last + 1]) }
      document.annotations.append(
        Annotation(
          label: ["PER", "creative-work", "Ö[1/2]"][index % 3], fragments: fragments,
          id: index % 4 == 0 ? nil : String(index % 3)))
    }
    return document
  }
}

/// Cuts the file at every byte and changes bytes at random: what comes of it is a corpus whose
/// offsets are inside the text, or a `CorpusError`.
func damage(_ bytes: [UInt8], format: CorpusFormat, seed: UInt64) {
  func check(_ bytes: [UInt8], _ name: String) {
    do {
      let corpus = try readCorpus(bytes) {
        $0.format = format
        $0.requiresAnnotations = false
      }
      for document in corpus.documents {
        let count = document.text.unicodeScalars.count
        let ranges =
          document.annotations.flatMap(\.fragments)
          + document.sentences.flatMap { $0.words.map(\.range) }
        #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= count }, "\(name)")
      }
    } catch {
      #expect(error is CorpusError, "\(name)")
    }
  }
  for count in bytes.indices { check(Array(bytes[..<count]), "first \(count) bytes") }
  var generator = RandomStream(seed: seed, purpose: "cases")
  let odd = Array("\t\n\r ()[]|*_-.;\\#=0129\u{0}".utf8) + [0x80, 0xFF]
  for round in 0..<2000 {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !changed.isEmpty {
      let place = Int.random(in: 0..<changed.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: changed[place] = odd[Int.random(in: 0..<odd.count, using: &generator)]
      case 1: changed.insert(odd[Int.random(in: 0..<odd.count, using: &generator)], at: place)
      default: changed.remove(at: place)
      }
    }
    check(changed, "seed \(seed), round \(round)")
  }
}

@Suite(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
struct GUMTests {
  struct Counts: Sendable {
    var name: String
    var sentences: Int
    var words: Int
    var entities: Int
    var relations: Int
  }

  static let counts = [
    Counts(name: "GUM_academic_art", sentences: 28, words: 752, entities: 262, relations: 107),
    Counts(name: "GUM_bio_byron", sentences: 25, words: 746, entities: 227, relations: 105),
    Counts(name: "GUM_interview_ants", sentences: 61, words: 1068, entities: 314, relations: 146),
    Counts(name: "GUM_news_homeopathic", sentences: 23, words: 649, entities: 193, relations: 105),
    Counts(name: "GUM_voyage_athens", sentences: 41, words: 1021, entities: 255, relations: 91),
    Counts(name: "GUM_whow_arrogant", sentences: 61, words: 1131, entities: 292, relations: 163),
  ]

  private func read(_ path: String) throws -> Corpus {
    try CorpusReader.read(
      files: [SharedCorpora.file(path)], options: CorpusOptions(split: plainSplit))
  }

  /// Each entity as the numbers of its words in the document, its type, and more.
  private func entities(of document: Document, identity: String) -> [String] {
    let words = document.sentences.flatMap(\.words)
    return document.annotations.map { annotation in
      let first = words.firstIndex { $0.range.lowerBound == annotation.range.lowerBound } ?? -1
      let last = words.lastIndex { $0.range.upperBound == annotation.range.upperBound } ?? -1
      return "\(first)-\(last) \(annotation.label) \(annotation.attribute("infstat") ?? "?") "
        + (annotation.attribute(identity) ?? "_")
    }.sorted()
  }

  @Test(arguments: counts) func bothFormatsHaveTheSameEntities(counts: Counts) throws {
    let dep = try read("gum/dep/\(counts.name).conllu")
    let tsv = try read("gum/coref-tsv/\(counts.name).tsv")
    #expect(dep.format == .conllu && tsv.format == .webannoTSV)
    for corpus in [dep, tsv] {
      #expect(corpus.documents.count == 1)
      #expect(corpus.report.sentences == counts.sentences)
      #expect(corpus.report.words == counts.words)
      #expect(corpus.report.spans == counts.entities)
      #expect(offsetsAgree(corpus))
      #expect(corpus.report.repaired.isEmpty)
    }
    #expect(dep.documents[0].id == counts.name)
    #expect(dep.report.setAside.isEmpty)
    #expect(tsv.report.setAside == ["relation": counts.relations])
    let fromDep = entities(of: dep.documents[0], identity: "identity")
    let fromTSV = entities(of: tsv.documents[0], identity: "identity")
    #expect(fromDep == fromTSV)
    #expect(
      dep.sentences.map { $0.words.map(\.text) } == tsv.sentences.map { $0.words.map(\.text) })
    #expect(dep.sentences.map(\.spans) == tsv.sentences.map(\.spans))
  }

  @Test(arguments: counts) func writesTheSameBytes(counts: Counts) throws {
    let path = "gum/dep/\(counts.name).conllu"
    let corpus = try read(path)
    let written = try ConllUWriter().bytes(of: corpus.documents[0])
    let bytes = try Data(contentsOf: SharedCorpora.file(path))
    #expect(written.elementsEqual(bytes))
  }
}
