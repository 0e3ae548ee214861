import AdapterFixtures
import Corpora
import Encoders
import Foundation
import Inference
import Kernels
import PTuning
import Tasks
import TestSupport
import Tokenization
import Training

/// A tagger on the tiny encoder of the fixtures, trained once, in a moment.
extension Tiny {
  private static let adapter = Result { try train() }

  static func tagger(threads: Int = 1, decoding: DecodingMethod? = nil) throws -> Tagger {
    try Tagger(
      adapter: adapter.get(), encoderFolder: folder(), threads: threads, decoding: decoding,
      environment: [:])
  }

  private static func train() throws -> Adapter {
    let output = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-test-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: output) }
    let sentences = try CorpusReader.read(
      [.bytes(Array(corpus.utf8), name: "corpus")], options: CorpusOptions()
    ).sentences
    var trainer = try Trainer(
      Trainer.Setup(
        configuration: TrainingConfiguration(
          template: Template(parsing: "{soft:2} {text}", fields: ["text"]), epochs: 40,
          learningRate: 0.05, headLearningRate: 0.05),
        encoder: FrozenEncoder(folder: encoderFolder),
        tokenizer: WordpieceTokenizer(folder: encoderFolder), encoderFolder: folder(),
        encoderSHA256: EncoderFingerprint.compute(folder: encoderFolder),
        output: output, threads: 1),
      .sentences(training: sentences, dev: []))
    _ = try trainer.run { _ in }
    return try Adapter(folder: output)
  }

  /// What a stream makes of its input, cut at the given places.
  static func stream(
    _ bytes: [UInt8], as input: TagInputFormat, to output: TagOutputFormat, cuts: [Int] = [],
    options: CorpusOptions = CorpusOptions(), minimumConfidence: Double = 0
  ) throws -> [UInt8] {
    var tagger = try tagger()
    var stream = TagStream(
      file: "input", input: input, output: output, options: options,
      minimumConfidence: minimumConfidence)
    var result: [UInt8] = []
    var begin = 0
    for cut in cuts.sorted() + [bytes.count] {
      try stream.feed(Array(bytes[begin..<cut]), tagger: &tagger) { result += $0 }
      begin = cut
    }
    try stream.finish(tagger: &tagger) { result += $0 }
    return result
  }
}

/// Text as nobody would write it.
struct HostileText {
  var random: RandomStream

  static let pieces: [String] = [
    "Ana Reis", "Porto", "Rui", "went to", ".", " ", "  ", "\t", "Mr. Reis", "U.S.", "don't",
    "3.14",
    "https://a.example/(b)?c=d#e", "a@b.example", "@rui", "#faro", "’", "“", "…", "!?", "--", "'",
    "e\u{301}", "\u{301}", "\u{E9}", "\u{1E69}", "ﬁ", "İ", "ß", "\u{200B}", "\u{200D}", "\u{FEFF}",
    "\u{AD}", "\u{0}", "\u{1}", "\u{1C}", "\u{7F}", "\u{B}", "\u{C}", "\r", "\u{85}", "\u{A0}",
    "\u{2028}", "\u{2029}", "\u{3000}", "\u{202E}", "\u{FFFD}", "\u{FFFE}", "\u{10FFFF}",
    "\u{E000}",
    "東京", "ポルト", "서울", "กรุงเทพ", "مرحبا", "हिन्दी", "👩‍👩‍👧", "👍🏽", "🇵🇹", "🇵", "1️⃣",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "{", "}", "\"", "\\", "-DOCSTART-", "# x", "[CLS]", "[SEP]", "[UNK]", "##a",
  ]

  /// One line, without its end, that does not end with a carriage return.
  mutating func line(pieces count: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...count, using: &random) {
      scalars.append(contentsOf: (Self.pieces.randomElement(using: &random) ?? "").unicodeScalars)
      if Bool.random(using: &random) { scalars.append(" ") }
    }
    while scalars.last == "\r" { scalars.removeLast() }
    // At the beginning of a file it would be a byte order mark.
    while scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    return String(scalars)
  }

  mutating func cuts(of count: Int, atMost limit: Int = 12) -> [Int] {
    (0..<Int.random(in: 0...limit, using: &random)).map { _ in
      Int.random(in: 0...count, using: &random)
    }
  }
}

extension [UInt8] {
  /// The lines without their ends; what follows the last line feed counts only if there is any.
  var lines: [[UInt8]] {
    var lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map(Array.init)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
  }

  var text: String { String(decoding: self, as: UTF8.self) }
}
