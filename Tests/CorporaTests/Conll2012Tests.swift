import Corpora
import Testing

private let sample = """
  #begin document (bn/abc/00/abc_0001); part 000
  bn/abc/00/abc_0001   0    0      The    DT  (TOP(S(NP*    -     -   -   Speaker#1   *        *   (0
  bn/abc/00/abc_0001   0    1       U.N.  NNP        *)     -     -   -   Speaker#1   (ORG)    *    0)
  bn/abc/00/abc_0001   0    2       met   VBD    (VP*       meet  01  1   Speaker#1   *      (V*)   -
  bn/abc/00/abc_0001   0    3       last   JJ    (NP*       -     -   -   Speaker#1   (DATE*   *    -
  bn/abc/00/abc_0001   0    4       week   NN       *)      -     -   -   Speaker#1   *)       *    -
  bn/abc/00/abc_0001   0    5     -LRB-  -LRB-      *       -     -   -   Speaker#1   (A(B*    *    -
  bn/abc/00/abc_0001   0    6    [WORD]    NN       *       -     -   -   Speaker#1   *)       *    -
  bn/abc/00/abc_0001   0    7        /.     .      *))      -     -   -   Speaker#1   *)       *    -

  #end document
  #begin document (bn/abc/00/abc_0001); part 001
  bn/abc/00/abc_0001   1    0    #    XX   (TOP*)    -     -   -   -   *   -

  #end document

  """

struct Conll2012Tests {
  @Test func bracketedNames() throws {
    let corpus = try readCorpus(sample)
    #expect(corpus.format == .conll2012)
    #expect(corpus.documents.map(\.id) == ["bn/abc/00/abc_0001", "bn/abc/00/abc_0001"])
    #expect(corpus.documents.map { $0.attributes.first?.value } == ["000", "001"])
    let document = corpus.documents[0]
    #expect(document.text == "The U.N. met last week -LRB- [WORD] /.")
    #expect(
      describeAnnotations(document)
        == "ORG@U.N. DATE@last week A@-LRB- [WORD] /. B@-LRB- [WORD]")
    #expect(describe(document.sentences[0].spans) == "ORG 1-2 DATE 3-5 A 5-8")
    #expect(document.sentences[0].rows.map(\.count) == [Int](repeating: 13, count: 8))
    #expect(corpus.sentences[1].words.map(\.text) == ["#"])
    #expect(corpus.report.setAside == ["mention in the coreference column": 1])
    #expect(corpus.report.repaired.isEmpty)
    #expect(offsetsAgree(corpus))
  }

  private func rows(_ cells: [String]) -> String {
    cells.enumerated().map { "d 0 \($0) w\($0) N * - - - - \($1) -\n" }.joined()
  }

  @Test func filesWithoutFrames() throws {
    let corpus = try readCorpus(rows(["(GPE)", "*", "(DATE*", "*)"]))
    #expect(corpus.format == .conll2012)
    #expect(corpus.documents[0].id == "d")
    #expect(describe(corpus.sentences[0].spans) == "GPE 0-1 DATE 2-4")
    #expect(corpus.report.repaired == ["rows outside of #begin document": 1])
    let open = try readCorpus("#begin document (d); part 000\n" + rows(["(A(B)*", "*)"]))
    #expect(describeAnnotations(open.documents[0]) == "A@w0 w1 B@w0")
    #expect(open.report.repaired == ["document without #end document": 1])
    let unnamed = try readCorpus("#begin document (d); part 000\n" + rows(["((A*", "*))"]))
    #expect(describeAnnotations(unnamed.documents[0]) == "A@w0 w1")
    #expect(unnamed.report.setAside == ["name without a label": 1])
  }

  @Test func tabsAndCarriageReturns() throws {
    let text = sample.replacing("\n", with: "\r\n").split(separator: " ").joined(separator: " ")
    let corpus = try readCorpus("\u{FEFF}" + text)
    #expect(corpus.report.spans == 4)
    #expect(corpus.documents[0].text == "The U.N. met last week -LRB- [WORD] /.")
  }

  @Test func errorsSayWhere() {
    let begin = "#begin document (d); part 000\n"
    func error(_ cells: [String]) -> String { failure(begin + rows(cells)) }
    #expect(
      error(["*", "*)"]) == "test:3: expected the end of a name that has been opened, found \"*)\"")
    #expect(
      error(["(A*", "*"])
        == "test:2: expected the name that opens here to close in its sentence, found \"(A\"")
    #expect(
      error(["GPE"])
        == "test:2: expected a name in column 11: *, (LABEL), (LABEL* or *), found \"GPE\"")
    #expect(
      failure(begin + rows(["*"]) + "d 0 1 w\n")
        == "test:3: expected 12 columns as in the sentence's first row, found 4")
    #expect(failure(begin + "d 0 1 w\n") == "test:2: expected at least 12 columns, found 4")
    #expect(
      failure("#begin document (d\n" + rows(["*"]))
        == "test:1: expected #begin document (name); part 000, found \"#begin document (d\"")
    #expect(error([String(repeating: "(A", count: 5000) + "*"]).contains("4096"))
  }

  @Test func damagedFilesAreReadOrRefused() {
    damage(Array(sample.utf8), format: .conll2012, seed: 2)
  }
}
