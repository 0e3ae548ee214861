import Encoders
import Testing

@testable import PTuning

struct LayoutTests {
  /// One id for each scalar of each word: 'a' is 97.
  static func ids(_ text: String) -> [Int32] {
    text.unicodeScalars.filter { $0 != " " }.map { Int32($0.value) }
  }

  static func resolve(
    _ text: String, _ fields: [String] = ["text"]
  ) throws -> ResolvedTemplate {
    try ResolvedTemplate(
      Template(parsing: text, fields: fields), classification: 1, separator: 2, wordpieces: ids)
  }

  @Test func laysOutEveryKindOfRow() throws {
    let resolved = try Self.resolve("{soft:2} Ab {text} {soft:\"xy\"}")
    #expect(resolved.softRowCount == 4)
    #expect(resolved.fixedRowCount == 8)
    #expect(resolved.softSlots.map(\.rows) == [0..<2, 2..<4])
    #expect(resolved.softSlots.map(\.initialWordpieces) == [nil, [120, 121]])
    let layouts = try resolved.layouts(words: [[10, 11], [12]], maximumRows: 512)
    let layout = try #require(layouts.first)
    #expect(layouts.count == 1)
    #expect(
      layout.rows == [
        .wordpiece(1), .soft(0), .soft(1), .wordpiece(65), .wordpiece(98), .wordpiece(10),
        .wordpiece(11), .wordpiece(12), .soft(2), .soft(3), .wordpiece(2),
      ])
    #expect(
      layout.roles == [
        .special, .soft, .soft, .hardPrompt, .hardPrompt, .word(field: 0, word: 0),
        .word(field: 0, word: 0), .word(field: 0, word: 1), .soft, .soft, .special,
      ])
    #expect(layout.segments == [UInt8](repeating: 0, count: 11))
    #expect(layout.words == 0..<2)
    #expect(layout.answers == 0..<2)
    #expect(layout.answerRows == [5, 7])
    #expect(layout.firstRow(ofWord: 1) == 7)
    #expect(layout.firstRow(ofWord: 2) == nil)
  }

  @Test func softRowsMayStandBeforeTheClassificationRow() throws {
    let layout = try Self.resolve("{soft:2} [CLS] {text}").layouts(words: [[9]], maximumRows: 5)
    #expect(
      layout.map(\.rows) == [
        [.soft(0), .soft(1), .wordpiece(1), .wordpiece(9), .wordpiece(2)]
      ])
  }

  @Test func theSecondOfTwoFieldsHasSegmentOne() throws {
    let resolved = try Self.resolve(
      "{soft:1} {question} {soft:1} [SEP] {context} {soft:2}", ["question", "context"])
    let layouts = try resolved.layouts(
      fields: [[[5]], [[6], [7]]], splitting: 1, maximumRows: 100)
    let layout = try #require(layouts.first)
    #expect(
      layout.rows == [
        .wordpiece(1), .soft(0), .wordpiece(5), .soft(1), .wordpiece(2), .wordpiece(6),
        .wordpiece(7), .soft(2), .soft(3), .wordpiece(2),
      ])
    #expect(layout.segments == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    #expect(layout.roles[2] == .word(field: 0, word: 0))
    #expect(layout.firstRows == [5, 6])
  }

  @Test func aSingleTextIsAllSegmentZero() throws {
    let layouts = try Self.resolve("ab [SEP] {text}").layouts(words: [[5]], maximumRows: 10)
    #expect(layouts.first?.segments == [0, 0, 0, 0, 0, 0])
  }

  @Test func unsplitFieldsStandWholeInEveryWindow() throws {
    let resolved = try Self.resolve("{question} [SEP] {context}", ["question", "context"])
    let context = (0..<50).map { [Int32(100 + $0)] }
    let layouts = try resolved.layouts(
      fields: [[[5, 6], [7]], context], splitting: 1, maximumRows: 16)
    #expect(layouts.count > 4)
    for layout in layouts {
      #expect(layout.rows.count <= 16)
      #expect(layout.rows[1...4] == [.wordpiece(5), .wordpiece(6), .wordpiece(7), .wordpiece(2)])
    }
    #expect(layouts.flatMap(\.answers) == Array(0..<50))
  }

  @Test func aTemplateThatFillsTheInputIsAnError() throws {
    let resolved = try Self.resolve("{soft:14} {text}")
    #expect(try resolved.room(maximumRows: 17) == 1)
    #expect(throws: LayoutError.noRoom(taken: 16, of: 16)) {
      try resolved.layouts(words: [[5]], maximumRows: 16)
    }
    #expect(
      LayoutError.noRoom(taken: 16, of: 16).description.contains("takes 16 rows of 16"))
    #expect(throws: LayoutError.noInitialWordpieces(text: "\u{200b}")) {
      _ = try ResolvedTemplate(
        Template(parsing: "{soft:\"\u{200b}\"} {text}", fields: ["text"]), classification: 1,
        separator: 2, wordpieces: { _ in [] })
    }
  }

  @Test func noWordsAreNoLayouts() throws {
    #expect(try Self.resolve("{text}").layouts(words: [], maximumRows: 9).isEmpty)
  }

  @Test func whatFitsExactlyIsOneWindow() throws {
    let resolved = try Self.resolve("{soft:2} {text}")
    let words: [[Int32]] = [[1, 2, 3, 4, 5, 6, 7, 8], [9]]
    #expect(try resolved.layouts(words: words, maximumRows: 13).map(\.rows.count) == [13])
    let split = try resolved.layouts(words: words, maximumRows: 12)
    // The long word is cut to a quarter of the room, so both fit again.
    #expect(split.map(\.rows.count) == [4 + 2 + 1])
    #expect(split.first?.answerRows == [3, 5])
  }
}

struct LayoutWindowTests {
  /// The context of a word in a window, worked out from the rows themselves.
  private func context(of word: Int, in layout: Layout, wordCount: Int) -> Int {
    let rows = layout.roles.indices.filter {
      if case .word = layout.roles[$0] { true } else { false }
    }
    let own = rows.filter { layout.roles[$0] == .word(field: 0, word: word) }
    guard let first = rows.first, let last = rows.last, let ownFirst = own.first,
      let ownLast = own.last
    else { return -1 }
    return min(
      layout.words.lowerBound == 0 ? .max : ownFirst - first,
      layout.words.upperBound == wordCount ? .max : last - ownLast)
  }

  /// The wordpieces that stand for each word of a window, from its rows.
  private func pieces(in layout: Layout) -> [Int: [Int32]] {
    var pieces: [Int: [Int32]] = [:]
    for (row, role) in zip(layout.rows, layout.roles) {
      guard case .word(_, let word) = role, case .wordpiece(let id) = row else { continue }
      pieces[word, default: []].append(id)
    }
    return pieces
  }

  @Test func everyWordIsAnsweredOnceWhereItHasMostContext() throws {
    let seed: UInt64 = 7
    var random = LayoutGenerator(seed: seed)
    let resolved = try LayoutTests.resolve("{soft:2} x {text} {soft:1} y")
    let fixed = resolved.fixedRowCount
    for round in 0..<400 {
      let room = Int.random(in: 1...40, using: &random)
      let longest = [1, 3, 12, 60, 10_000][Int.random(in: 0..<5, using: &random)]
      let words = (0..<Int.random(in: 1...90, using: &random)).map { word in
        let isLong = longest < 100 || Int.random(in: 0..<30, using: &random) == 0
        let count = Int.random(in: 1...(isLong ? longest : 3), using: &random)
        return (0..<count).map { Int32(1000 * (word + 1) + min($0, 999)) }
      }
      let layouts = try resolved.layouts(words: words, maximumRows: fixed + room)
      let place: Comment = "seed \(seed), round \(round), room \(room)"
      #expect(layouts.flatMap(\.answers) == Array(words.indices), place)
      for layout in layouts {
        #expect(layout.rows.count <= fixed + room, place)
        #expect(layout.rows.count == layout.roles.count, place)
        #expect(layout.rows.count == layout.segments.count, place)
        #expect(pieces(in: layout).keys.sorted() == Array(layout.words), place)
        #expect(!layout.answers.isEmpty && layout.words.contains(layout.answers.lowerBound), place)
        #expect(layout.answers.upperBound <= layout.words.upperBound, place)
        #expect(layout.answerRows.count == layout.answers.count, place)
        for (word, row) in zip(layout.words, layout.firstRows) {
          #expect(layout.rows[row] == .wordpiece(words[word][0]), place)
          #expect(layout.roles[row] == .word(field: 0, word: word), place)
        }
        for (word, pieces) in pieces(in: layout) {
          #expect(pieces == Array(words[word].prefix(pieces.count)), place)
          #expect(pieces.count == words[word].count || pieces.count == max(1, room / 4), place)
        }
        for word in layout.answers {
          let own = context(of: word, in: layout, wordCount: words.count)
          for other in layouts where other.words.contains(word) {
            #expect(own >= context(of: word, in: other, wordCount: words.count), place)
          }
        }
      }
      for (left, right) in zip(layouts, layouts.dropFirst()) {
        #expect(left.words.lowerBound < right.words.lowerBound, place)
        #expect(left.words.upperBound < right.words.upperBound, place)
        #expect(right.words.lowerBound <= left.words.upperBound, place)
        guard room >= 4 else { continue }
        let shared = left.roles.filter { role in
          if case .word(_, let word) = role { right.words.contains(word) } else { false }
        }.count
        #expect(shared >= room / 4, place)
      }
    }
  }

  @Test func shortWordsHaveAnEighthOfTheRoomAround() throws {
    let resolved = try LayoutTests.resolve("{text}")
    let words = (0..<3000).map { [Int32($0)] }
    let layouts = try resolved.layouts(words: words, maximumRows: 512)
    #expect(layouts.count == 8)
    for layout in layouts {
      for word in layout.answers {
        #expect(context(of: word, in: layout, wordCount: words.count) >= 510 / 8 - 1)
      }
    }
  }

  /// A hundred thousand words at two sizes: the larger takes some ten times as long, not a hundred.
  @Test func longSentencesTakeLinearTime() throws {
    let resolved = try LayoutTests.resolve("{soft:16} {text}")
    func time(_ count: Int) throws -> Duration {
      let words = (0..<count).map { [Int32]([Int32($0), 1, 2].prefix(1 + $0 % 3)) }
      var layouts: [Layout] = []
      let duration = try ContinuousClock().measure {
        layouts = try resolved.layouts(words: words, maximumRows: 512)
      }
      #expect(layouts.last?.answers.upperBound == count)
      return duration
    }
    _ = try time(10_000)
    #expect(try time(100_000) < max(time(10_000) * 60, .seconds(1)))
  }
}
