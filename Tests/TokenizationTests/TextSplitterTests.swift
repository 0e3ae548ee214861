import Testing

@testable import Tokenization

struct TextSplitterTests {
  /// Texts with their words, a space between two.
  static let words: [(String, String)] = [
    ("", ""),
    (" \t\r\n\u{A0}\u{2028}", ""),
    ("Hello, world!", "Hello , world !"),
    ("Mr. Smith met Dr. J. K. Rowling.", "Mr. Smith met Dr. J. K. Rowling ."),
    ("the U.S. economy", "the U.S. economy"),
    ("a U.S.-based firm", "a U.S.-based firm"),
    ("the U.S.'s role", "the U.S. 's role"),
    ("e.g. this, i.e. that", "e.g. this , i.e. that"),
    ("Apple Inc. and Foo Corp., too", "Apple Inc. and Foo Corp. , too"),
    ("at 9 a.m. today", "at 9 a.m. today"),
    ("a Ph.D. student", "a Ph.D. student"),
    ("No. 5 and no.", "No. 5 and no ."),
    ("pp. 12-15 of vol. 3", "pp. 12-15 of vol. 3"),
    ("on Jan. 5", "on Jan. 5"),
    ("the sun. Mar. 3", "the sun . Mar. 3"),
    ("So did I.", "So did I ."),
    ("Boston, Mass. has mass.", "Boston , Mass. has mass ."),
    ("a rep. of Rep. Lee", "a rep . of Rep. Lee"),
    ("Gen. Col. Lt. St. Paul", "Gen. Col. Lt. St. Paul"),
    ("by I. M. Pei", "by I. M. Pei"),
    ("3.14 1,000.50 1,000,000", "3.14 1,000.50 1,000,000"),
    ("1,2,3 and 12,34", "1 , 2 , 3 and 12 , 34"),
    ("3:45pm 10:30 12:00.", "3:45pm 10:30 12:00 ."),
    ("1/2 11/09/2001 and/or", "1/2 11/09/2001 and / or"),
    ("-5 +5 .5 -.5", "-5 +5 .5 -.5"),
    ("5-3 x-5", "5-3 x-5"),
    ("192.168.0.1 v1.2.3", "192.168.0.1 v1.2.3"),
    ("$5 50% €3.50 US$20", "$ 5 50 % € 3.50 US $ 20"),
    ("£1,000m #1 §5", "£ 1,000m #1 § 5"),
    ("see http://a.org/b?c=d&e=f#g.", "see http://a.org/b?c=d&e=f#g ."),
    ("(https://en.org/wiki/X_(Y))", "( https://en.org/wiki/X_(Y) )"),
    ("\"www.example.com\", he", "\" www.example.com \" , he"),
    ("HTTP://A.B/C!", "HTTP://A.B/C !"),
    ("http://日本", "http : // 日 本"),
    ("http:// x", "http : // x"),
    ("mail a.b+c@d-e.co.uk.", "mail a.b+c@d-e.co.uk ."),
    ("a@b @b a@ @", "a @ b @b a @ @"),
    ("mailto:x@y.org now", "mailto:x@y.org now"),
    ("@user_1: hi", "@user_1 : hi"),
    (".@user and (@you)", ". @user and ( @you )"),
    ("#NERis fun #été2024!", "#NERis fun #été2024 !"),
    ("C# F# C++ C.", "C# F# C++ C."),
    ("well-known state-of-the-art", "well-known state-of-the-art"),
    ("pre- and post-war", "pre - and post-war"),
    ("wait--what -- no", "wait -- what -- no"),
    ("yes — no–maybe", "yes — no – maybe"),
    ("don't can't won't isn't", "do n't ca n't wo n't is n't"),
    ("don’t I’m we’ve", "do n’t I ’m we ’ve"),
    ("DON'T IT'S", "DO N'T IT 'S"),
    ("we've they're I'll he'd I'm", "we 've they 're I 'll he 'd I 'm"),
    ("wouldn't've", "would n't 've"),
    ("John's the players' bus", "John 's the players ' bus"),
    ("O'Brien's l'homme D'Angelo", "O'Brien 's l'homme D'Angelo"),
    ("cannot gonna Wanna gotta", "can not gon na Wan na got ta"),
    ("'tis 'em '90s '90s'", "'tis 'em '90s ' 90s '"),
    ("rock 'n' roll rock'n'roll", "rock 'n' roll rock'n'roll"),
    ("the 1990's 5's", "the 1990 's 5 's"),
    ("'quoted' “words” ‘here’", "' quoted ' “ words ” ‘ here ’"),
    ("``Penn'' quotes", "`` Penn '' quotes"),
    ("well... yes… no....", "well ... yes … no ...."),
    ("What?! No!!!", "What ?! No !!!"),
    ("(a) [b] {c} <d>", "( a ) [ b ] { c } < d >"),
    ("a)b(c", "a ) b ( c"),
    ("AT&T R&D Q&A a&b &", "AT&T R&D Q&A a & b &"),
    ("snake_case __init__", "snake_case __init__"),
    ("===== ***** ~~", "===== ***** ~~"),
    ("end.Next one", "end . Next one"),
    ("example.org Node.js file.txt", "example.org Node.js file.txt"),
    (".NET and ASP.NET", ".NET and ASP.NET"),
    (":) :-( ;) <3 xD :", ":) :-( ;) <3 xD :"),
    ("(note:) x", "( note : ) x"),
    ("😀😀 👍🏽", "😀 😀 👍🏽"),
    ("👨‍👩‍👧‍👦x 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨‍👩‍👧‍👦 x 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
    ("❤️ ☎\u{FE0E} 1️⃣ #️⃣", "❤️ ☎\u{FE0E} 1️⃣ #️⃣"),
    ("🇫🇷🇩🇪🇵", "🇫🇷 🇩🇪 🇵"),
    ("日本語のテスト。abc中", "日 本 語 の テ ス ト 。 abc 中"),
    ("か\u{3099}x 漢\u{FE00}字", "か\u{3099} x 漢\u{FE00} 字"),
    ("한국어 단어", "한국어 단어"),
    ("e\u{301}te\u{301} na\u{EF}ve", "e\u{301}te\u{301} na\u{EF}ve"),
    ("\u{FEFF}The zero\u{200B}width \u{200B}", "\u{FEFF}The zero\u{200B}width \u{200B}"),
    ("a\u{0}b \u{1}", "a\u{0}b \u{1}"),
    ("שלום עולם.", "שלום עולם ."),
    ("a\r\nb\rc\u{85}d", "a b c d"),
    ("x² ½ Ⅷ", "x² ½ Ⅷ"),
    ("Reuters/AP 2010–2015", "Reuters / AP 2010 – 2015"),
  ]

  @Test(arguments: words)
  func wordsOf(text: String, expected: String) {
    let split = TextSplitter().split(text)
    let found = split.sentences.flatMap { split.words(of: $0) }.joined(separator: " ")
    #expect(scalars(found) == scalars(expected), "\(found) for \(text)")
  }

  /// Texts with their sentences, as they stand in the text.
  static let sentences: [(String, [String])] = [
    ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ("Mr. Smith left. He ran.", ["Mr. Smith left.", "He ran."]),
    ("In the U.S. Senate. Yes.", ["In the U.S. Senate.", "Yes."]),
    ("He left the U.S. The end.", ["He left the U.S.", "The end."]),
    ("At 9 a.m. He woke.", ["At 9 a.m.", "He woke."]),
    ("Apple Inc. said so.", ["Apple Inc. said so."]),
    ("See e.g. The Times.", ["See e.g. The Times."]),
    ("J. K. Rowling wrote.", ["J. K. Rowling wrote."]),
    ("So did I. Then we left.", ["So did I.", "Then we left."]),
    ("\"Stop.\" He ran.", ["\"Stop.\"", "He ran."]),
    ("“Really?” he asked. ‘No.’", ["“Really?” he asked.", "‘No.’"]),
    ("(He left.) She stayed.", ["(He left.)", "She stayed."]),
    ("He said: \"Go. Now.\" \"Why?\"", ["He said: \"Go.", "Now.\"", "\"Why?\""]),
    ("It cost 3.14 dollars. 20 left.", ["It cost 3.14 dollars.", "20 left."]),
    ("wait... what? yes", ["wait... what? yes"]),
    ("Wait... What?", ["Wait...", "What?"]),
    ("Wait . . . What?", ["Wait . . .", "What?"]),
    ("1. First point. 2. Second.", ["1. First point.", "2. Second."]),
    ("Missed space.Next one!Last", ["Missed space.", "Next one!", "Last"]),
    ("go to example.org. Now", ["go to example.org.", "Now"]),
    ("你好。再见！（好？）是", ["你好。", "再见！", "（好？）", "是"]),
    ("「はい。」と言った。", ["「はい。」", "と言った。"]),
    ("A headline\n\nThe text\nwraps here.\n", ["A headline", "The text\nwraps here."]),
    ("Head\r\n\r\nText\r\nmore", ["Head", "Text\r\nmore"]),
    ("a\u{2029}b", ["a", "b"]),
    ("End.\n\nmr. x", ["End.", "mr. x"]),
    ("Yahoo!, the firm, grew.", ["Yahoo!, the firm, grew."]),
    ("Prices rose 5 pct. on Monday.", ["Prices rose 5 pct. on Monday."]),
    ("", []),
    ("  \n ", []),
  ]

  @Test(arguments: sentences)
  func sentencesOf(text: String, expected: [String]) {
    let split = TextSplitter().split(text)
    let found = split.sentences.map { split.text(in: $0.range) }
    #expect(found.map(scalars) == expected.map(scalars), "\(found)")
  }

  /// Comparison by scalar: `==` of strings is canonical.
  private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

  /// Every scalar that is no space is in exactly one word, whatever the text.
  @Test func wordsCoverText() {
    let seed: UInt64 = 7
    var mixer = Mixer(seed: seed)
    let pieces = [
      ".", ". ", "!", "'", "'s", "n't", "-", "--", "@", "#", "http://", "www.", "a@b.c", "U.S",
      "1,000",
      ",", ":", "/", "(", ")", "\"", "I.", "Mr", "No. 1", "e.g", "中", "。", "\n\n", "\r\n",
      "\u{2029}",
      "👍", "\u{200D}", "🇫", "\u{FE0F}", "\u{20E3}", "\u{301}", " ", "x", "Z", "9", "cannot", "%",
      "…",
    ]
    for round in 0..<3000 {
      var text = mixer.text()
      for _ in 0..<mixer.next(20) { text += pieces[Int(mixer.next(UInt64(pieces.count)))] }
      let split = TextSplitter().split(text)
      var covered = [Bool](repeating: false, count: split.scalars.count)
      var end = 0
      for sentence in split.sentences {
        #expect(!sentence.words.isEmpty)
        for word in sentence.words {
          #expect(word.lowerBound >= end && !word.isEmpty, "seed \(seed), round \(round)")
          end = word.upperBound
          for index in word { covered[index] = true }
        }
      }
      let isRight = zip(split.scalars, covered).allSatisfy {
        (ScalarKind($0) == .space) != $1
      }
      #expect(isRight, "seed \(seed), round \(round): \(text.debugDescription)")
    }
  }

  /// Ten times the text takes about ten times as long; quadratic time would take a hundred times.
  @Test(arguments: [
    "a", ".", "a.", "a-", "www.", "http://", "http://a.", "a@", "a@b-", "a.b@", "'", "'s", "n't",
    "! ",
    ". ", ". a ", "\"", "(", ")", "😀", "\u{200D}", "🇫", "\u{301}", "中", "。", "U.", "I.", "#", "@",
    "1,", "1:", "\n", " ", "-", "x \n\n", ".\"", "_", "&", "A&", ". ! ", "(\"", "I. ", "e.g. ",
    ". \n", ". . \n \n",
  ])
  func timeIsLinear(unit: String) {
    func time(_ count: Int) -> Duration {
      let text = String(repeating: unit, count: count / unit.unicodeScalars.count) + " x"
      let scalars = Array(text.unicodeScalars)
      let clock = ContinuousClock()
      return (0..<3).map { _ in clock.measure { _ = TextSplitter().sentences(of: scalars) } }.min()
        ?? .zero
    }
    let small = time(20_000)
    let large = time(200_000)
    #expect(large < small * 60 + .milliseconds(20), "\(unit): \(small) and \(large)")
  }
}
