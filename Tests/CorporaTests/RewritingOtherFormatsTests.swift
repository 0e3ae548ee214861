import Testing

@testable import Corpora

/// Entities added to brat and PubTator.
@Suite struct RewritingOtherFormatsTests {
  private func run(_ rewriter: some CorpusRewriter) -> String {
    var rewriter = rewriter
    for index in 0..<rewriter.count {
      rewriter.add(RewritingTests.capitals(rewriter.text(index)), to: index)
    }
    return String(decoding: rewriter.finish(), as: UTF8.self)
  }

  @Test func bratGainsTextBoundAnnotations() throws {
    let text = Array("👍 Ana went\nto Porto\nReis .".utf8)
    let result = try run(
      BratRewriter(
        text: text, annotations: Array("T1\tX 0 1\tx\n#1\tNote T1".utf8), name: "t",
        split: plainSplit))
    #expect(
      result
        == "T1\tX 0 1\tx\n#1\tNote T1\nT2\tZZZ 2 5\tAna\nT3\tZZZ 14 19;20 24\tPorto Reis\n")
    #expect(
      try run(BratRewriter(text: [], annotations: [], name: "t", split: plainSplit)) == "")
  }

  @Test(arguments: ["\n", "\r\n"])
  func pubTatorGainsLines(_ end: String) throws {
    let lines = [
      "1|t|é Ana .", "1|a|so Rui went", "1\t2\t5\tAna\tX\tD1", "1\tCID\tD1\tD2", "", "2|t|Faro",
    ]
    let result = try run(
      PubTatorRewriter(
        Array(lines.joined(separator: end).utf8), name: "t", split: plainSplit))
    let expected = [
      "1|t|é Ana .", "1|a|so Rui went", "1\t2\t5\tAna\tX\tD1", "1\t2\t5\tAna\tZZZ\t-",
      "1\t11\t14\tRui\tZZZ\t-", "1\tCID\tD1\tD2", "", "2|t|Faro", "2\t0\t4\tFaro\tZZZ\t-", "",
    ]
    #expect(result.utf8.elementsEqual(expected.joined(separator: end).utf8))
    #expect(throws: CorpusError.self) {
      try PubTatorRewriter(Array("x\n".utf8), name: "t", split: plainSplit)
    }
  }
}
