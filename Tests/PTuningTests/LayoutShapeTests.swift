import Encoders
import Kernels
import Testing

@testable import PTuning

@Suite struct LayoutShapeTests {
  @Test func onlyTheTextHasShapes() throws {
    let resolved = try LayoutTests.resolve("{soft:2} Ab {text} {soft:\"xy\"}")
    let words: [[Int32]] = [[10, 11], [12]]
    let layouts = try resolved.layouts(words: words, shapes: [3, 1], maximumRows: 512)
    #expect(layouts.map(\.shapes) == [[0, 0, 0, 0, 0, 3, 3, 1, 0, 0, 0]])
    #expect(try resolved.layouts(words: words, maximumRows: 512).map(\.shapes) == [[]])
  }

  @Test func fieldsMayHaveThemOrNot() throws {
    let resolved = try LayoutTests.resolve(
      "{question} [SEP] {context}", ["question", "context"])
    let fields: [[[Int32]]] = [[[5, 6]], [[7], [8, 9]]]
    func shapes(_ shapes: [[UInt8]]) throws -> [[UInt8]] {
      try resolved.layouts(fields: fields, shapes: shapes, splitting: 1, maximumRows: 99)
        .map(\.shapes)
    }
    #expect(try shapes([[], [2, 4]]) == [[0, 0, 0, 0, 2, 4, 4, 0]])
    #expect(try shapes([[9], []]) == [[0, 9, 9, 0, 0, 0, 0, 0]])
    #expect(try shapes([[9], [2, 4]]) == [[0, 9, 9, 0, 2, 4, 4, 0]])
    #expect(try shapes([[], []]) == [[]])
  }

  @Test func windowsCarryThem() throws {
    let seed: UInt64 = 13
    var random = RandomStream(seed: seed, purpose: "shapes of windows")
    let resolved = try LayoutTests.resolve("{soft:2} x {text} {soft:1} y")
    for round in 0..<100 {
      let words = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        (0..<Int.random(in: 1...6, using: &random)).map { Int32($0 + 10) }
      }
      let shapes = words.map { _ in UInt8.random(in: 1...10, using: &random) }
      let layouts = try resolved.layouts(
        words: words, shapes: shapes,
        maximumRows: resolved.fixedRowCount + Int.random(in: 1...40, using: &random))
      for layout in layouts {
        let expected = layout.roles.map { role in
          if case .word(0, let word) = role { shapes[word] } else { UInt8(0) }
        }
        #expect(layout.shapes == expected, "round \(round), seed \(seed)")
        for word in layout.answers {
          let row = try #require(layout.firstRow(ofWord: word))
          #expect(layout.shapes[row] == shapes[word], "round \(round), seed \(seed)")
        }
      }
    }
  }
}
