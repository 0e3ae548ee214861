import Corpora
import Foundation
import Testing

/// What fuzzing has found.
@Suite struct FoundTests {
  /// A word that begins with U+FEFF at the start of a file was read as a byte order mark.
  @Test func conllKeepsAByteOrderMarkInItsFirstWord() throws {
    let document = Document(words: ["\u{FEFF}a", "b"])
    let bytes = try ConllWriter().bytes(of: document)
    let back = try readCorpus(bytes) { $0.format = .conll }
    #expect(back.sentences[0].words.map { Array($0.text.utf8) } == [Array("\u{FEFF}a".utf8), [98]])
  }

  /// A label with a comma was read as several tags.
  @Test func conllRefusesLabelsThatAreLists() throws {
    func bytes(_ label: String) throws -> [UInt8] {
      let span = EntitySpan(label: label, words: 0..<1)
      return try ConllWriter().bytes(of: Document(words: ["a"], spans: [span]))
    }
    #expect(throws: CorpusError.self) { try bytes("B,B-PER") }
    #expect(try bytes("a,b") == Array("a\tB-a,b\n\n".utf8))
  }

  /// An abstract of another document was taken for the first one's.
  @Test func pubTatorsRewriterDividesDocumentsAsTheReader() throws {
    let rewriter = try PubTatorRewriter(
      Array("1|t|a b\n2|a|c d\n".utf8), name: "t", split: plainSplit)
    #expect(rewriter.count == 2)
    #expect((0..<rewriter.count).map { rewriter.text($0).text } == ["a b", "c d"])
  }

  /// A carriage return at the end of the file was part of the title, until a line came after it.
  @Test(arguments: ["", "\n", "\r\n", "\r", "\r\r"])
  func pubTatorsRewriterKeepsTheText(_ end: String) throws {
    for title in ["Ana", "Ana\rReis", "\rAna \r .", "Ana\r\r"] {
      let bytes = Array("1|t|Rio\n1|a|x\r\n\r\n2|t|\(title)\(end)".utf8)
      let corpus = try readCorpus(bytes)
      var rewriter = try PubTatorRewriter(bytes, name: "t", split: plainSplit)
      for index in 0..<rewriter.count {
        rewriter.add([PredictedEntity(label: "X", range: 0..<1)], to: index)
      }
      let again = try readCorpus(rewriter.finish())
      #expect(
        again.documents.map { Array($0.text.utf8) } == corpus.documents.map { Array($0.text.utf8) },
        "\((title + end).debugDescription)")
      #expect(again.documents.map(\.annotations.count) == [1, 1])
    }
  }

  /// A feature without text became a label without text.
  @Test func webAnnoPassesOverEmptyFeatures() throws {
    let corpus = try readCorpus(
      "#FORMAT=WebAnno TSV 3.3\n#T_SP=a.b.Mark|value|kind\n\n\n#Text=a b\n"
        + "1-1\t0-1\ta\t[1]\tx[1]\t\n1-2\t2-3\tb\t[2]\t[2]\t\n")
    #expect(corpus.documents[0].annotations.map(\.label) == ["x", "Mark"])
  }

  @Test func jsonLinesRefuseAnnotationsWithoutALabel() throws {
    var document = Document(words: ["a"])
    document.annotations = [Annotation(label: "", range: 0..<1)]
    #expect(throws: CorpusError.self) { try JSONLinesWriter().bytes(of: document) }
  }

  /// `tag` writes ENAMEX, which TimeML's reader took for structure.
  @Test func timeMLHasEnamex() throws {
    let corpus = try readCorpus(
      "<TimeML><TEXT><ENAMEX TYPE=\"PER\">He</ENAMEX> <EVENT class=\"X\">left</EVENT>.</TEXT></TimeML>"
    )
    #expect(corpus.documents[0].text == "He left.")
    #expect(corpus.documents[0].annotations.map(\.label) == ["PER", "X"])
  }

  /// A second header with more columns than the first took a count that was not there.
  @Test func hipeHeadersMayDiffer() throws {
    let text = """
      TOKEN\tNE-COARSE-LIT\tNE-NESTED
      Ana\tB-pers\tO

      TOKEN\tNE-COARSE-LIT\tNE-NESTED\tNE-FINE-LIT\tNE-X
      Rio\tB-loc\tB-a\tB-b\tB-c

      """
    let corpus = try CorpusReader.read(
      [.bytes(Array(text.utf8), name: "test")], options: CorpusOptions(format: .hipe))
    #expect(corpus.documents.flatMap(\.annotations).map(\.label) == ["pers", "loc"])
    #expect(corpus.report.setAside.values.reduce(0, +) == 3)
  }
}
