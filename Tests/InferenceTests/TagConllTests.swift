import AdapterFixtures
import Corpora
import Inference
import Kernels
import Testing

/// A CoNLL file with everything that may stand in one.
struct RandomConll {
  private(set) var bytes: [UInt8] = []
  /// Which lines are rows.
  private(set) var rows: [Bool] = []
  let separator: String

  init(random: RandomStream) {
    var random = random
    separator = Bool.random(using: &random) ? "\t" : " "
    let words = ["Ana", "Reis", "Porto", ".", "東京", "e\u{301}", "👍🏽", "#faro", "\u{200B}", "O"]
    if Int.random(in: 0..<4, using: &random) == 0 { bytes += [0xEF, 0xBB, 0xBF] }
    for line in 0..<Int.random(in: 1...60, using: &random) {
      // The first row tells how columns are parted.
      let kind = rows.contains(true) ? Int.random(in: 0..<12, using: &random) : line % 2 * 11
      var text = ""
      switch kind {
      case 0: text = ""
      case 1: text = ["\t", " ", " \t "].randomElement(using: &random) ?? ""
      case 2: text = "-DOCSTART- -X- O O"
      default:
        let word = words.randomElement(using: &random) ?? "x"
        text = word + separator + "NN" + separator + "I-NP"
        if kind == 3 { text += separator }
      }
      rows.append(kind > 2)
      bytes += text.utf8
      bytes += Bool.random(using: &random) ? [0x0D, 0x0A] : [0x0A]
    }
    if Bool.random(using: &random), let last = bytes.last, last == 0x0A {
      bytes.removeLast(bytes.dropLast().last == 0x0D ? 2 : 1)
    }
  }
}

@Suite struct TagConllTests {
  private func tag(
    _ text: String, as dialect: ConllDialect? = nil, options: CorpusOptions = CorpusOptions()
  ) throws -> String {
    try Tiny.stream(
      Array(text.utf8), as: .conll(dialect), to: .conll(.iob2), options: options
    ).text
  }

  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func filesKeepTheirBytesAndGainAColumn(seed: UInt64) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    let file = RandomConll(random: hostile.random)
    let output = try Tiny.stream(
      file.bytes, as: .conll(nil), to: .conll(.iob2), cuts: hostile.cuts(of: file.bytes.count))
    let (before, after) = (file.bytes.lines, output.lines)
    #expect(before.count == after.count, "seed \(seed)")
    #expect(file.bytes.last == 0x0A ? output.last == 0x0A : output.last != 0x0A, "seed \(seed)")
    for (index, (old, new)) in zip(before, after).enumerated() {
      guard file.rows[index] else {
        #expect(old == new, "seed \(seed), line \(index + 1)")
        continue
      }
      let isWindows = old.last == 0x0D
      let content = isWindows ? old.dropLast() : old[...]
      #expect(new.starts(with: content + Array(file.separator.utf8)), "seed \(seed)")
      let tag = new.dropFirst(content.count + 1).dropLast(isWindows ? 1 : 0)
      #expect(
        tag == [0x4F] || tag.starts(with: "B-".utf8) || tag.starts(with: "I-".utf8),
        "seed \(seed), line \(index + 1): \(new.text)")
      #expect(isWindows == (new.last == 0x0D), "seed \(seed)")
    }
  }

  @Test func commentsStay() throws {
    let input =
      "# newdoc id = a\n# text = Ana went\n1\tAna\tO\t-\t-\n# note = within\n2\twent\tO\t-\t-\n\n"
    let wanted = ["# newdoc id = a", "# text = Ana went", "# note = within"]
    for dialect in [nil, ConllDialect.uner] {
      let output = try tag(input, as: dialect)
      let lines = output.split(separator: "\n").map(String.init)
      #expect(lines.filter { $0.hasPrefix("#") } == wanted)
      #expect(lines.count == 5 && lines[2].hasPrefix("1\tAna\tO\t-\t-\t"))
      // The word, not its number, was read.
      let alone = try tag("Ana\nwent\n")
      let tags = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t").last }
      #expect(tags == alone.split(separator: "\n").map { $0.split(separator: "\t").last })
    }
  }

  @Test func remarksBetweenTabbedRowsStay() throws {
    let lines = try tag("# a remark\nAna\tx\n# another\n#\tx\n\n").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0] == "# a remark" && lines[2] == "# another")
    #expect(lines[1].hasPrefix("Ana\tx\t") && lines[3].hasPrefix("#\tx\t"))
    // Without tabs they are words like any other.
    #expect(try tag("# NN\nAna NN\n").hasPrefix("# NN "))
  }

  @Test func yearsDoNotMakeAFileUniversal() throws {
    let lines = try tag("1996\tAna\tO\n\nReis\tx\tO\n").split(separator: "\n")
    let alone = try tag("1996\n\nReis\n").split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: "\t").last } == alone.map { $0.split(separator: "\t").last })
  }

  @Test(arguments: [1, 2, 3, -1, -2, -3])
  func anyColumnMayHoldTheWords(column: Int) throws {
    let words = ["Ana", "Reis", "went", "to", "Porto"]
    let index = column > 0 ? column - 1 : 3 + column
    let rows = words.map { word in
      (0..<3).map { $0 == index ? word : "x" }.joined(separator: "\t")
    }
    let output = try tag(
      rows.joined(separator: "\n") + "\n", options: CorpusOptions(wordColumn: column))
    let tags = output.split(separator: "\n").map { $0.split(separator: "\t").last }
    let alone = try tag(words.joined(separator: "\n") + "\n").split(separator: "\n")
    #expect(tags == alone.map { $0.split(separator: "\t").last })
  }

  @Test func aRowWithoutTheWordIsTold() throws {
    let error = #expect(throws: CorpusError.self) {
      try tag("a\tb\n\na\n", options: CorpusOptions(wordColumn: 2))
    }
    #expect(error?.line == 3)
    #expect("\(error as Any)".contains("column 2"))
  }

  @Test func aSentenceIsAnsweredByItsBlankLine() throws {
    for dialect in [nil, ConllDialect.conll2003] {
      var tagger = try Tiny.tagger()
      var stream = TagStream(
        file: "input", input: .conll(dialect), output: .conll(.iob2), options: CorpusOptions())
      var output: [UInt8] = []
      func type(_ text: String) throws -> Int {
        try stream.feed(Array(text.utf8), tagger: &tagger) { output += $0 }
        try stream.flush(tagger: &tagger) { output += $0 }
        return output.lines.count
      }
      #expect(try type("Ana NN\n") == 0)
      #expect(try type("went VB\n") == 0)
      #expect(try type("\n") == 3)
      #expect(try type("Porto NN\n") == 3)
      #expect(try type("\n") == 5)
    }
  }

  @Test func filesOneAfterAnotherStayApart() throws {
    let files = ["\u{FEFF}Ana\tx", "", "\u{FEFF}Rui\tx\n", "\n", "Faro\tx\n\n", "Porto\tx"]
    for (format, wanted) in [
      (TagOutputFormat.conll(.iob2), "\u{FEFF}Ana,,Rui,,,Faro,,Porto"), (.jsonLines, nil),
    ] {
      var tagger = try Tiny.tagger()
      var previous: TagStream?
      var output: [UInt8] = []
      for file in files {
        var stream = TagStream(
          file: "input", input: .conll(nil), output: format, options: CorpusOptions(),
          after: previous)
        try stream.feed(Array(file.utf8), tagger: &tagger) { output += $0 }
        try stream.finish(tagger: &tagger) { output += $0 }
        previous = stream
      }
      if let wanted {
        let words = output.lines.map { line in Array(line.prefix { $0 != 0x09 }).text }
        #expect(words.joined(separator: ",") == wanted)
      } else {
        #expect(output.lines.count == 4)
      }
    }
  }

  @Test func rowsWithoutSentencesDoNotWaitForTheEnd() throws {
    var tagger = try Tiny.tagger()
    var stream = TagStream(
      file: "input", input: .conll(nil), output: .conll(.iob2), options: CorpusOptions())
    let row = "Porto" + String(repeating: "\tx", count: 2000) + "\n"
    let input = Array(String(repeating: row, count: 600).utf8)
    var output: [UInt8] = []
    try stream.feed(input, tagger: &tagger) { output += $0 }
    try stream.flush(tagger: &tagger) { output += $0 }
    #expect(output.lines.count > 200)
    try stream.finish(tagger: &tagger) { output += $0 }
    #expect(output.lines.count == 600)
    #expect(output.lines.allSatisfy { $0.starts(with: row.dropLast().utf8) })
  }
}
