import Foundation
import Testing

@testable import Retrieval

@Suite struct SearchTests {
  private func folder() throws -> DocumentFolder {
    let folder = try DocumentFolder()
    try folder.write("sugar.txt", "Cane gives what sweetens tea. Who would not take it?")
    try folder.write("tea.txt", "Tea came to Europe in 1610. The Dutch brought it from Japan.")
    try folder.write("coffee.txt", "Coffee is drunk black. Cafe\u{301}s serve it, as a café does.")
    try folder.write("and.txt", "NEAR AND OR NOT text:")
    try folder.update()
    return folder
  }

  @Test func findsByStemCaseAccentAndTitle() throws {
    let folder = try folder()
    #expect(try folder.find("EUROPEAN Dutchmen bringing teas").first == "tea.txt")
    #expect(try folder.find("cafés") == ["coffee.txt"])
    #expect(try folder.find("cafe") == ["coffee.txt"])
    #expect(try folder.find("sugar") == ["sugar.txt"])
    #expect(try folder.find("1610") == ["tea.txt"])
    #expect(try folder.find("unheard") == [])
  }

  @Test func bestFirstAndNoMoreThanAsked() throws {
    let folder = try folder()
    let index = try PassageIndex(at: folder.index)
    let found = try index.search("Who brought tea to Europe?", limit: 10)
    #expect(found.map(\.document) == ["tea.txt", "sugar.txt"])
    #expect(found[0].score > found[1].score && found[1].score > 0)
    #expect(try index.search("Who brought tea to Europe?", limit: 1) == Array(found.prefix(1)))
    #expect(try index.search("tea", limit: 0) == [] && index.search("tea", limit: -1) == [])
    #expect(try index.search("tea", limit: .max).count == 2)
  }

  @Test func neighboursCountWhereWordsAreEqual() throws {
    let folder = try DocumentFolder()
    try folder.write("1.txt", "The house was white. It stood by the road and the sea.")
    try folder.write("2.txt", "The white house stood by the road. It was and the sea.")
    try folder.update()
    #expect(try folder.find("white house") == ["2.txt", "1.txt"])
    #expect(try folder.find("house white") == ["1.txt", "2.txt"])
  }

  @Test(arguments: [
    "", " ", "\0", "\"", "'", "\"\"\"", "*", "^", "(", ")", "((((", "-", "+", ":", "{", "}",
    "🍎", "👩‍👩‍👧", "\u{301}", "\u{FEFF}", "\u{10FFFF}", "?", "%", ";", "--", "/*", "\\", "漢字かな",
  ])
  func anyTextIsAQuestion(_ text: String) throws {
    let folder = try folder()
    let index = try PassageIndex(at: folder.index)
    #expect(try index.search(text, limit: 5).isEmpty)
    // Between words it takes nothing away.
    #expect(try index.search("\(text) tea \(text)", limit: 5).count == 2)
  }

  @Test func operatorsAreWords() throws {
    let folder = try folder()
    #expect(try folder.find("NEAR") == ["and.txt"] && folder.find("NEAR(") == ["and.txt"])
    #expect(try folder.find("tea AND nothing") == folder.find("tea nothing"))
    #expect(try folder.find("tea NOT europe").first == "tea.txt")
    #expect(try folder.find("title:tea* ^europe").first == "tea.txt")
    #expect(try folder.find("tea\0europe") == folder.find("tea europe"))
    #expect(try folder.find("\"tea\" \"europe").first == "tea.txt")
  }

  @Test func stopWordsCountWhereNothingElseDoes() throws {
    let folder = try folder()
    #expect(QuestionTerms("Who would it?").words == ["who", "would", "it"])
    #expect(try folder.find("Who would?") == ["sugar.txt"])
    #expect(QuestionTerms("Who brought it, don't you know?").words == ["brought", "know"])
    #expect(
      QuestionTerms("The Bank of England, of the bank").pairs == [
        "the bank", "bank of", "of england", "england of",
      ])
  }

  @Test func longQuestionsAreCutShort() throws {
    let folder = try folder()
    let index = try PassageIndex(at: folder.index)
    let clock = ContinuousClock()
    for text in [
      String(repeating: "tea ", count: 250_000), String(repeating: "\"", count: 1_000_000),
      String(repeating: "a", count: 1_000_000), String(repeating: "the ", count: 250_000) + "tea",
      (0..<150_000).map { "tea\($0)" }.joined(separator: " "),
      String(repeating: "e\u{301}", count: 300_000) + " tea",
    ] {
      let took = try clock.measure { _ = try index.search(text, limit: 5) }
      #expect(took < .seconds(5))
    }
    #expect(QuestionTerms((0..<500).map { "w\($0)" }.joined(separator: " ")).words.count == 64)
    #expect(QuestionTerms(String(repeating: "x", count: 129) + " tea").words == ["tea"])
    #expect(
      try index.search(String(repeating: "the ", count: 250_000) + "tea", limit: 5).count == 2)
  }

  @Test func anIndexThatWasNeverFilledFindsNothing() throws {
    let folder = try DocumentFolder()
    #expect(try PassageIndex(at: folder.index).search("tea", limit: 5) == [])
  }
}
