import Corpora
import Foundation
import Testing

@Suite struct ConllReaderTests {
  @Test func readsCoNLL2003() throws {
    let corpus = try readCorpus(
      """
      -DOCSTART- -X- O O

      EU NNP I-NP I-ORG
      rejects VBZ I-VP O
      German JJ I-NP I-MISC
      British JJ I-NP B-MISC

      # NN I-NP O
      -DOCSTART- -X- O O

      Peter NNP I-NP I-PER
      """)
    #expect(corpus.format == .conll2003)
    #expect(corpus.scheme == .iob1)
    #expect(corpus.documents.count == 2)
    #expect(corpus.documents[0].text == "EU rejects German British\n#")
    #expect(
      corpus.sentences.map(describe) == [
        "EU/rejects/German/British [ORG 0-1 MISC 2-3 MISC 3-4]", "# []", "Peter [PER 0-1]",
      ])
    #expect(corpus.sentences[0].rows[0] == ["EU", "NNP", "I-NP", "I-ORG"])
    #expect(corpus.report.repaired.isEmpty)
    #expect(offsetsAgree(corpus))
  }

  @Test func readsUNER() throws {
    let corpus = try readCorpus(
      "# newdoc id = d1\n# sent_id = 1\n# text = Al :\n1\tAl\tB-ORG\t-\tann\n2\t:\tB-O\n\n"
        + "# newdoc id = d2\n1\tx\tO\t-\t-\n")
    #expect(corpus.format == .uner)
    #expect(corpus.sentences.map(describe) == ["Al/: [ORG 0-1]", "x []"])
    #expect(corpus.documents.map(\.id) == ["d1", "d2"])
    #expect(
      corpus.sentences[0].comments == ["# newdoc id = d1", "# sent_id = 1", "# text = Al :"])
    #expect(corpus.sentences[1].comments == ["# newdoc id = d2"])
    #expect(corpus.report.repaired == ["B-O read as O": 1])
  }

  @Test func separatorsAreTabsOrASCIISpacesOnly() throws {
    let tabs = try readCorpus("New York\u{A0}City\tB-LOC\n\tO\n\u{FE0F}\tO\n")
    #expect(tabs.sentences[0].words.map(\.text) == ["New York\u{A0}City", "", "\u{FE0F}"])
    let spaces = try readCorpus("New\u{A0}York   B-LOC\nx\u{2003}y O\n")
    #expect(spaces.sentences[0].words.map(\.text) == ["New\u{A0}York", "x\u{2003}y"])
    #expect(offsetsAgree(tabs))
  }

  @Test func columnsCanBeNamed() throws {
    let text = "O\tbrad\r\nB-Actor\tpitt\r\n"
    let corpus = try readCorpus(text) {
      $0.wordColumn = 2
      $0.tagColumn = 1
    }
    #expect(corpus.sentences.map(describe) == ["brad/pitt [Actor 1-2]"])
    let last = try readCorpus("x a B-X y\n") {
      $0.wordColumn = -3; $0.tagColumn = -2
    }
    #expect(last.sentences.map(describe) == ["a [X 0-1]"])
    #expect(
      failure(text) { $0.tagColumn = 3 }
        == "test:1: expected the tag in column 3, found 2 columns")
    #expect(
      failure(text) { $0.tagColumn = 0 }
        == "--tag-column: expected a column from 1, or from -1 for the last, found 0")
    #expect(failure(text) { $0.tagColumn = 1 }.hasPrefix("--tag-column: expected another column"))
  }

  @Test func aMissingColumnIsNamedWithItsLine() {
    #expect(
      failure("EU B-ORG\nrejects\nGerman B-MISC\n")
        == "test:2: expected 2 columns, as in line 1, found 1 column")
    #expect(
      failure("EU NNP B-ORG\nrejects O\nGerman JJ B-MISC\n")
        == "test:2: expected 3 columns, as in line 1, found 2 columns")
    #expect(
      failure("1\ta\tO\n2\tb\tO\n3\n4\tc\tO\n5\td\tO\n") { $0.format = .uner }
        == "test:3: expected the word in column 2, found 1 column")
  }

  @Test func bareWordsAreForTaggingOnly() throws {
    #expect(
      failure("EU\nrejects\n") == "test:1: expected a tag column after the word, found 1 column")
    let corpus = try readCorpus("EU\nrejects\n\nx\n") { $0.requiresAnnotations = false }
    #expect(corpus.sentences.map(describe) == ["EU/rejects []", "x []"])
    #expect(!corpus.isAnnotated)
  }

  @Test func latin1AndLineEndsAndMarks() throws {
    let latin1: [UInt8] = [0x4A, 0x6F, 0xE9] + Array(" B-PER\r\nx O\r\n".utf8)
    let corpus = try readCorpus(latin1) { $0.encoding = .latin1 }
    #expect(corpus.sentences.map(describe) == ["Jo\u{E9}/x [PER 0-1]"])
    let marked = try readCorpus("\u{FEFF}EU B-ORG\n")
    #expect(Array(marked.sentences[0].words[0].text.utf8) == Array("EU".utf8))
  }

  @Test func emptyInputIsATypedError() throws {
    for text in ["", "\n\n", "\t\n", "-DOCSTART- O\n\n"] {
      let error = #expect(throws: CorpusError.self) { try readCorpus(text) }
      #expect(error?.kind == .empty)
    }
    let missing = #expect(throws: CorpusError.self) {
      try CorpusReader.read(
        [.file("/nonexistent/corpus")], options: CorpusOptions(split: plainSplit))
    }
    #expect(missing?.kind == .missing)
    let device = #expect(throws: CorpusError.self) {
      try CorpusReader.read([.file("/dev/null")], options: CorpusOptions(split: plainSplit))
    }
    #expect(device?.kind == .empty)
  }

  @Test func severalFilesAreOneCorpus() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("enxerto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["a b.conll", "é.jsonl", "c.xml"].map { folder.appendingPathComponent($0) }
    try Data("x I-A\ny B-A\n".utf8).write(to: files[0])
    try Data("{\"tokens\": [\"z\"], \"tags\": [\"I-B\"]}\n".utf8).write(to: files[1])
    try Data("<c><s><C>w</C></s></c>".utf8).write(to: files[2])
    let corpus = try CorpusReader.read(files: files, options: CorpusOptions(split: plainSplit))
    #expect(corpus.sentences.map(describe) == ["x/y [A 0-1 A 1-2]", "z [B 0-1]", "w [C 0-1]"])
    #expect(corpus.scheme == .iob1)
    #expect(corpus.labelCounts.map { "\($0.label) \($0.count)" } == ["A 2", "B 1", "C 1"])
    try Data("x I-A\n\ny X-A\n".utf8).write(to: files[0])
    let error = #expect(throws: CorpusError.self) {
      try CorpusReader.read(files: files, options: CorpusOptions(split: plainSplit))
    }
    #expect(error?.file == files[0].path)
    #expect(error?.line == 3)
  }

  @Test func formatsAreDetected() {
    func format(_ text: String) -> CorpusFormat? {
      FormatDetection(sample: Array(text.utf8), isWhole: true)?.format
    }
    #expect(format("EU NNP I-NP I-ORG\n") == .conll2003)
    #expect(format("x\tO\ny\tB-creative-work\n") == .wnut17)
    #expect(format("x\tO\ny\tB-Chemical\n") == .conll)
    #expect(format("1\tx\tO\n2\ty\tO\t-\t-\n") == .uner)
    #expect(format("<corpus>\n<s>x</s></corpus>") == .inlineXML)
    #expect(format("<?xml version=\"1.0\"?>\n<corpus/>") == .inlineXML)
    #expect(format("{\"text\": \"x\"}\n") == .jsonl)
    #expect(format("<b>\tO\n{\tO\n") == .conll)
    #expect(format("{ O\n\" O\n") == .conll)
    #expect(format("This is a sentence .\nAnd another one here , longer .\n") == nil)
    #expect(
      failure("This is a sentence .\nAnother one .\n")
        == "test:1: expected a corpus in a known format (or one named with --corpus-format), "
        + "found \"This is a sentence .\"")
    #expect(failure("# text = a\nw\tO\n# x\ty\n").contains("test:3"))
  }

  @Test func keyCommentsBeforeTabRowsAreComments() throws {
    let corpus = try readCorpus("# id = 7\n#a\tB-X\n# b\tO\n")
    #expect(corpus.sentences.map(describe) == ["#a/# b [X 0-1]"])
    #expect(corpus.sentences[0].comments == ["# id = 7"])
  }

  @Test func theModelWritesAndReadsBack() throws {
    let corpus = try readCorpus("a\tX\tI-PER\nb\tY\tB-PER\nc d\tZ\tO\n\ne\tW\tI-LOC\n")
    var writer = ConllWriter(scheme: .iobes)
    let plain = try writer.bytes(of: corpus.documents[0])
    #expect(
      String(decoding: plain, as: UTF8.self)
        == "a\tS-PER\nb\tS-PER\nc d\tO\n\ne\tS-LOC\n\n")
    #expect(try readCorpus(plain).sentences.map(describe) == corpus.sentences.map(describe))
    writer.columns = .original(tag: .replace(column: -1))
    writer.scheme = .iob2
    #expect(
      String(decoding: try writer.bytes(of: corpus.sentences[0]), as: UTF8.self)
        == "a\tX\tB-PER\nb\tY\tB-PER\nc d\tZ\tO\n\n")
    writer.separator = .spaces
    #expect(throws: CorpusError.self) { try writer.bytes(of: corpus.sentences[0]) }
  }
}
