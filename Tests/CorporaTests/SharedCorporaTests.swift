import Corpora
import Foundation
import Testing

@Suite(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
struct SharedCorporaTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var file: String
    var format: CorpusFormat
    var sentences: Int
    var words: Int
    var spans: Int
    var testDescription: String { file }
  }

  private static func row(
    _ file: String, _ format: CorpusFormat, _ sentences: Int, _ words: Int, _ spans: Int
  ) -> Expected {
    Expected(file: file, format: format, sentences: sentences, words: words, spans: spans)
  }

  private static let expected = [
    row("wnut17/wnut17train.conll", .wnut17, 3394, 62730, 1975),
    row("wnut17/emerging.dev.conll", .wnut17, 1009, 15733, 836),
    row("wnut17/emerging.test.annotated", .wnut17, 1287, 23394, 1079),
    row("btc/btc.dev", .conll, 1001, 15027, 1730),
    row("btc/btc.test", .conll, 2001, 35428, 4376),
    row("btc/btc.train", .conll, 6338, 99933, 8779),
    row("bc5cdr/IOB/train.tsv", .conll, 4560, 118170, 9385),
    row("bc5cdr/IOB/devel.tsv", .conll, 4581, 117453, 9593),
    row("bc5cdr/IOB/test.tsv", .conll, 4797, 124750, 9809),
    row("uner-en-ewt/en_ewt-ud-dev.iob2", .uner, 2001, 25149, 966),
    row("uner-en-ewt/en_ewt-ud-test.iob2", .uner, 2077, 25097, 1088),
  ]

  @Test(arguments: expected)
  func countsAreThoseOfSources(expected: Expected) throws {
    let corpus = try CorpusReader.read(
      files: [SharedCorpora.file(expected.file)], options: CorpusOptions(split: plainSplit))
    #expect(corpus.format == expected.format)
    #expect(corpus.report.sentences == expected.sentences)
    #expect(corpus.report.words == expected.words)
    #expect(corpus.report.spans == expected.spans)
    #expect(offsetsAgree(corpus))
    if !corpus.report.notes.isEmpty { print(expected.file, corpus.report.notes) }
  }

  @Test(arguments: ["train.tsv", "devel.tsv", "test.tsv"])
  func bothSchemesOfBC5CDRReadToTheSameSpans(file: String) throws {
    let options = CorpusOptions(split: plainSplit)
    let iob = try CorpusReader.read(
      files: [SharedCorpora.file("bc5cdr/IOB/\(file)")], options: options)
    let iobes = try CorpusReader.read(
      files: [SharedCorpora.file("bc5cdr/IOBES/\(file)")], options: options)
    #expect(iob.scheme == .iob2)
    #expect(iobes.scheme == .iobes)
    #expect(iob.sentences.map(\.spans) == iobes.sentences.map(\.spans))
  }

  @Test(arguments: expected)
  func filesComeBackByteForByte(expected: Expected) throws {
    let bytes = [UInt8](try Data(contentsOf: SharedCorpora.file(expected.file)))
    let dialect = try #require(expected.format.dialect)
    var stream = ConllStream(dialect: dialect, file: expected.file)
    var output: [UInt8] = []
    let emit: (ConllEvent) throws -> Void = { event in
      switch event {
      case .line(let line): output += ConllWriter.bytes(of: line)
      case .sentence(let sentence):
        let tags = sentence.rows.map { sentence.text(dialect.tagColumn, of: $0) ?? "?" }
        output += ConllWriter.bytes(
          of: sentence, tags: tags, place: .replace(column: dialect.tagColumn))
      }
    }
    var start = 0
    while start < bytes.count {
      let end = min(start + 1009, bytes.count)
      try stream.feed(Array(bytes[start..<end]), emit)
      start = end
    }
    try stream.finish(emit)
    #expect(output == bytes)
  }

  /// Found, found and correct, found strictly: from `submissions/EXPECTED.txt`.
  @Test(arguments: [
    ("drexel_cci", 381, 192, 381), ("flytxt", 720, 345, 720), ("mic-cis.txt", 891, 365, 878),
    ("sjtu_adapt.txt", 727, 365, 727),
  ])
  func realSubmissionsHaveThePhrasesThatConllevalFinds(
    file: String, found: Int, correct: Int, strict: Int
  ) throws {
    func tags(_ path: String) throws -> [[String]] {
      var options = CorpusOptions(split: plainSplit)
      options.format = .wnut17
      options.requiresAnnotations = false
      let corpus = try CorpusReader.read(files: [SharedCorpora.file(path)], options: options)
      return corpus.sentences.map { $0.rows.map { $0.last ?? "" } }
    }
    let gold = try tags("wnut17/emerging.test.annotated").map(ConllevalChunks.spans)
    let predicted = try tags("wnut17/submissions/\(file)")
    let spans = predicted.map(ConllevalChunks.spans)
    #expect(gold.count == spans.count)
    #expect(spans.reduce(0) { $0 + $1.count } == found)
    #expect(zip(gold, spans).reduce(0) { $0 + Set($1.0).intersection($1.1).count } == correct)
    let strictly = try predicted.map { try TagScheme.iob2.decodeStrictly($0).count }
    #expect(strictly.reduce(0, +) == strict)
  }
}
