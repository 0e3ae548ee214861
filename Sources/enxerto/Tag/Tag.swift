import ArgumentParser
import Corpora
import Foundation
import Inference
import Tasks

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tag text, tokens, CoNLL or JSON lines.",
    discussion: """
      Example:
        echo 'Ada Lovelace moved to Turin.' \\
          | enxerto tag --adapter adapters/quickstart

      Input is text, each line a document, unless --input-format says otherwise:
        text     each line a document; sentences and words are found
        tokens   each line a sentence, words separated by spaces
        conll    one word a row; columns, blank lines and -DOCSTART- lines
                 are kept, and a last column is added (conll2003, wnut17 and
                 uner name a dialect)
        jsonl    {"text": …} or {"tokens": […]} a line

      Output is CoNLL (word, tab, tag) for text, tokens and conll, JSON lines for jsonl; \
      --output-format conll or jsonl says otherwise. Offsets in JSON lines are half-open and \
      count from 0: Unicode scalars of a text, or words of tokens.
      """)

  @Argument(help: ArgumentHelp("What to tag; standard input unless said.", valueName: "file"))
  var files: [String] = []

  @OptionGroup var adapter: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "What the input is: text, tokens, conll, conll2003, wnut17, uner or jsonl.",
      valueName: "format"))
  var inputFormat = "text"

  @Option(help: ArgumentHelp("conll or jsonl.", valueName: "format"))
  var outputFormat: String?

  @Option(help: "The tag scheme of CoNLL output: \(TagScheme.names).")
  var scheme = "iob2"

  @Option(help: "Leave out spans of a lower confidence, from 0 to 1.")
  var minConfidence = 0.0

  @Option(help: "How tags are chosen: viterbi or argmax; as the adapter was trained unless said.")
  var decoding: DecodingMethod?

  @Option(
    parsing: .unconditional,
    help: "The column of the words, from 1, or from -1 for the last (CoNLL formats).")
  var wordColumn: Int?

  @Option(help: "The encoding of the input: utf-8 or latin1; output is UTF-8.")
  var encoding: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    _ = try formats()
    guard (0...1).contains(minConfidence) else {
      throw ValidationError("--min-confidence: expected 0 to 1, found \(minConfidence)")
    }
    guard wordColumn != 0 else {
      throw ValidationError(
        "--word-column: expected a column from 1, or from -1 for the last, found 0")
    }
    _ = try TextEncoding(option: encoding)
  }

  func run() throws {
    let formats = try formats()
    let options = CorpusOptions(
      wordColumn: wordColumn, encoding: try TextEncoding(option: encoding),
      requiresAnnotations: false, split: CorpusReadingOptions.split)
    let inputs = files.isEmpty ? [.standardInput] : files.map { CorpusInput(argument: $0) }
    for input in inputs { try Self.check(input) }
    let (adapter, loaded) = try adapter.load()
    var tagger = try Tagger(
      adapter: adapter, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      threads: common.threadCount, decoding: decoding)
    var previous: TagStream?
    for input in inputs {
      let source = try ByteSource(input)
      var stream = TagStream(
        file: source.name, input: formats.input, output: formats.output, options: options,
        minimumConfidence: minConfidence, after: previous)
      while true {
        // Whoever types into the pipe gets an answer before more is asked for.
        if !source.isReady { try stream.flush(tagger: &tagger, emit: StandardOutput.write) }
        guard let bytes = try source.next() else { break }
        try stream.feed(bytes, tagger: &tagger, emit: StandardOutput.write)
      }
      try stream.finish(tagger: &tagger, emit: StandardOutput.write)
      previous = stream
    }
  }

  /// Tells of a file that cannot be read before the encoder is loaded and anything is tagged. Files
  /// are not opened for it: there may be more than can be open, and a pipe can be opened once.
  private static func check(_ input: CorpusInput) throws {
    guard case .file(let path) = input else { return }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CorpusError(.missing, file: path, expected: "a file to read", found: "none")
    }
    if isFolder.boolValue {
      throw CorpusError(.unreadable, file: path, expected: "a file to read", found: "a folder")
    }
  }

  private func formats() throws -> (input: TagInputFormat, output: TagOutputFormat) {
    let format = CorpusFormat(rawValue: inputFormat)
    let input: TagInputFormat
    switch format {
    case .text: input = .text
    case .tokens: input = .tokens
    case .jsonl: input = .jsonLines
    case .conll: input = .conll(nil)
    case .conll2003, .wnut17, .uner: input = .conll(format?.dialect)
    default:
      throw ValidationError(
        "--input-format: expected text, tokens, conll, conll2003, wnut17, uner or jsonl, found "
          + inputFormat)
    }
    guard let scheme = TagScheme(name: scheme) else {
      throw ValidationError("--scheme: expected \(TagScheme.names), found \(scheme)")
    }
    switch outputFormat ?? (format == .jsonl ? "jsonl" : "conll") {
    case "conll": return (input, .conll(scheme))
    case "jsonl": return (input, .jsonLines)
    case let other:
      throw ValidationError("--output-format: expected conll or jsonl, found \(other)")
    }
  }
}

extension TagScheme {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
