import Corpora
import Testing

/// Shapes of well-known corpora that are like no dialect with a name of its own.
@Suite struct KnownCorporaTests {
  // MARK: Marks of sentences and abstracts

  private let multiconer =
    "\n# id 5239d808-f300\tdomain=en\nrobert _ _ B-PER\ng _ _ I-PER\n# _ _ O\n\n"
    + "# id 6\tdomain=en\nid _ _ O\nparis _ _ B-LOC\n\n# id 77\nx _ _ O\n"

  @Test func multiconerNamesItsSentences() throws {
    let corpus = try readCorpus(multiconer)
    #expect(
      corpus.sentences.map(describe) == ["robert/g/# [PER 0-2]", "id/paris [LOC 1-2]", "x []"])
    #expect(corpus.documents.count == 1)
    #expect(
      corpus.sentences.map(\.comments) == [
        ["# id 5239d808-f300\tdomain=en"], ["# id 6\tdomain=en"], ["# id 77"],
      ])
  }

  @Test func jnlpbaNamesItsAbstracts() throws {
    let corpus = try readCorpus(
      "###MEDLINE:95369245\n\nIL-2\tB-DNA\ngene\tI-DNA\n#\tO\n\n###MEDLINE:95333264\n\nCD28\tO\n")
    #expect(corpus.sentences.map(describe) == ["IL-2/gene/# [DNA 0-2]", "CD28 []"])
    #expect(corpus.documents.map(\.id) == ["95369245", "95333264"])
  }

  @Test func hashesStayWordsWithoutSuchMarks() throws {
    let corpus = try readCorpus("# id O\n###MEDLINE: x O\n# id B-X\n\n#id y O\n")
    #expect(corpus.sentences.map { $0.words.map(\.text) } == [["#", "###MEDLINE:", "#"], ["#id"]])
  }

  // MARK: Numbered rows

  @Test func numberedRowsHaveTheirWordsInTheSecondColumn() throws {
    let four = try readCorpus(
      "1\tEU\tNNP\tB-ORG\n2\trejects\tVBZ\tO\n\n1\tGerman\tJJ\tB-MISC\n2\t#x\tJJ\tO\n")
    #expect(four.sentences.map(describe) == ["EU/rejects [ORG 0-1]", "German/#x [MISC 0-1]"])
    let spaces = try readCorpus("# sent_id = 1\n1 EU NNP B-ORG\n2 rejects VBZ O\n\n1 x NN O\n")
    #expect(spaces.sentences.map(describe) == ["EU/rejects [ORG 0-1]", "x []"])
    #expect(spaces.sentences.first?.comments == ["# sent_id = 1"])
    let ten = try readCorpus(
      "# newdoc id = t\n1\tRT\t_\tX\t_\t_\t0\troot\t_\tO\n2\t#nlp\t_\tX\t_\t_\t1\tx\t_\tB-MISC\n")
    #expect(ten.sentences.map(describe) == ["RT/#nlp [MISC 1-2]"])
    #expect(ten.documents.first?.id == "t")
  }

  @Test func numbersThatAreWordsStayWords() throws {
    let corpus = try readCorpus("1 CD O\n\n1 CD O\nJanuary NNP B-DATE\n\n2 CD O\n")
    #expect(corpus.sentences.map { $0.words[0].text } == ["1", "1", "2"])
  }

  // MARK: Columns by name

  @Test func columnsWithoutNumbersAreNamed() throws {
    let corpus = try readCorpus(
      "# global.columns = FORM LEMMA CONLL:NER UPOS\nA\ta\tO\tDET\nMagyar\tm\tB-ORG\tADJ\n"
        + "Bank\tb\tI-ORG\tNOUN\n\n# text = x\n#\t#\tO\tSYM\n")
    #expect(corpus.sentences.map(describe) == ["A/Magyar/Bank [ORG 1-3]", "# []"])
  }

  // MARK: CoNLL-U

  private func conllu(_ miscs: [String]) -> String {
    miscs.enumerated().map { "\($0 + 1)\tw\($0)\t_\t_\t_\t_\t0\t_\t_\t\($1)\n" }.joined()
  }

  @Test func tagsUnderTheKeyName() throws {
    let corpus = try readCorpus(
      conllu(["name=B-LOC", "name=O|SpaceAfter=No", "SpaceAfter=No|name=B-GPE_LOC", "_"]))
    #expect(corpus.format == .conllu)
    #expect(corpus.sentences.map(describe) == ["w0/w1/w2/w3 [LOC 0-1 GPE_LOC 2-3]"])
  }

  @Test func damageInTheFirstRowIsSaid() {
    func message(_ text: String) -> String {
      do {
        return "read: \(try readCorpus(text, name: "x.conllu").format)"
      } catch {
        return "\(error)"
      }
    }
    let row = "\tx\t_\t_\t_\t_\t0\t_\t_\t_\n"
    #expect(message("1000000000000" + row).hasPrefix("x.conllu:1:1: expected a word's number"))
    #expect(
      message(String(repeating: "# c\n", count: 20_000) + "1" + row)
        == "x.conllu: expected entities in the last column (Entity=, NER=), found none")
  }

  // MARK: Schemes

  @Test func singleWordsOfBMES() throws {
    let corpus = try readCorpus("叶 S-NAME\n我 O\n\n浙 B-ORG\n江 M-ORG\n人 E-ORG\n")
    #expect(corpus.scheme == .bmewo)
    #expect(corpus.report.repaired.isEmpty)
    #expect(corpus.sentences.map(describe) == ["叶/我 [NAME 0-1]", "浙/江/人 [ORG 0-3]"])
  }

  // MARK: Several tags in a cell

  @Test func labelsOfTagListsAreLimited() throws {
    let cell = { (range: Range<Int>) in range.map { "B-L\($0)" }.joined(separator: ",") }
    let few = try readCorpus("a\t\(cell(0..<1000))\nb\tO\n")
    #expect(few.documents.first?.annotations.count == 1000)
    #expect(
      failure("a\t\(cell(0..<600))\nb\t\(cell(500..<1001))\n")
        == "test:2: expected at most 1000 labels in one sentence whose cells hold several tags, "
        + "found more")
  }

  // MARK: Encodings

  @Test(arguments: ["EU B-ORG\nrejects O\n", "{\"text\":\"abc\",\"spans\":[]}\n", "1|t|a\n1|a|b\n"])
  func wideTextIsNamed(text: String) {
    let little = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let wide = text.unicodeScalars.flatMap { [UInt8($0.value & 255), 0, 0, 0] }
    func message(_ name: String) -> String {
      "test:1:1: expected UTF-8 (iconv -f \(name) -t UTF-8 makes it of this file), found \(name)"
    }
    #expect(failure([0xFF, 0xFE] + little) == message("UTF-16"))
    #expect(failure([0xFE, 0xFF] + big) == message("UTF-16"))
    #expect(failure(little) == message("UTF-16LE"))
    #expect(failure(big) == message("UTF-16BE"))
    #expect(failure([0xFF, 0xFE, 0, 0] + wide) == message("UTF-32"))
    #expect(failure([0xFF, 0xFE] + little) { $0.format = .conll } == message("UTF-16"))
  }

  @Test func xmlMayBeWide() throws {
    let text = "<doc><s><PER>Ann</PER> sat</s></doc>"
    let little = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(try readCorpus([0xFF, 0xFE] + little).documents.count == 1)
  }

  // MARK: JSON lines

  @Test func membersOfOtherTools() throws {
    for line in [
      ##"{"words":["EU","#"],"labels":["B-ORG","O"]}"##,
      ##"{"tokens":["EU","#"],"ner":["B-ORG","O"]}"##,
      ##"{"text":"EU #","ents":[{"start":0,"end":2,"label":"ORG"}]}"##,
    ] {
      let corpus = try readCorpus(line + "\n")
      #expect(corpus.sentences.map(describe) == ["EU/# [ORG 0-1]"], "\(line)")
    }
    let numbers = try readCorpus(#"{"tokens":["EU"],"ner_tags":[3]}"# + "\n") {
      $0.requiresAnnotations = false
    }
    #expect(
      numbers.report.setAside == [
        "tags that are numbers: what they stand for is not in the file": 1
      ])
  }
}
