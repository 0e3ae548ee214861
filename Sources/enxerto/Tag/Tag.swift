import ArgumentParser
import Corpora
import Inference
import Tasks

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tag text, tokens, CoNLL, JSON lines or XML.",
    discussion: """
      Example:
        echo 'Ada Lovelace moved to Turin.' \\
          | enxerto tag --adapter adapters/quickstart

      Input is text, each line a document, unless --input-format says otherwise:
        text     each line a document; sentences and words are found
        tokens   each line a sentence, words separated by spaces
        jsonl    {"text": …} or {"tokens": […]} a line
        conll    one word a row; columns, blank lines and -DOCSTART- lines
                 are kept, and a last column is added. So with every format
                 of rows: conll2003, wnut17, uner, germeval, tag-first,
                 word-offsets, hipe (whose header gains NE-PREDICTED),
                 conll2012, layered; conllu gets NER=… in its last column
        XML      inline-xml, enamex, timeml, harem, genia, tei, vertical-xml,
                 gate, xmi, bioc, standoff-xml: the same document with the
                 annotations added, and nothing else changed
        brat     FILE.ann or FILE.txt; both come out under --output
        pubtator the same file with lines of annotations
        auto     whatever the input looks like
      Input that begins with an XML declaration, or is named .xml or .xmi, is taken for XML \
      where --input-format does not say what it is.

      Output has the input's format, and is CoNLL (word, tab, tag) for text and tokens; \
      --output-format conll or jsonl says otherwise. Offsets in JSON lines are half-open and \
      count from 0: Unicode scalars of a text, or words of tokens.

      text, tokens, CoNLL and JSON lines are tagged as they come; XML, brat, PubTator and \
      WebAnno TSV are held in memory, \(XMLRewriter.sizeLimit >> 20) MB at most. With --output \
      each input has a file there; several XML documents need it.
      """)

  @Argument(help: ArgumentHelp("What to tag; standard input unless said.", valueName: "file"))
  var files: [String] = []

  @OptionGroup var adapter: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "What the input is, as above; text unless it shows that it is XML.", valueName: "format"))
  var inputFormat: String?

  @Option(help: ArgumentHelp("conll or jsonl.", valueName: "format"))
  var outputFormat: String?

  @Option(help: ArgumentHelp("Write a file for each input into this folder.", valueName: "folder"))
  var output: String?

  @Flag(help: "Replace files in the output folder.")
  var overwrite = false

  @Option(help: "The tag scheme of CoNLL output: \(TagScheme.names).")
  var scheme = "iob2"

  @Option(help: "Leave out spans of a lower confidence, from 0 to 1.")
  var minConfidence = 0.0

  @Option(
    help: "How tags are chosen: viterbi, crf or argmax; as the adapter was trained unless said.")
  var decoding: DecodingMethod?

  @Option(
    parsing: .unconditional,
    help: "The column of the words, from 1, or from -1 for the last (CoNLL formats).")
  var wordColumn: Int?

  @Option(
    help: "The encoding of the input: utf-8 or latin1; output is UTF-8, but XML keeps its own.")
  var encoding: String?

  @OptionGroup var arithmetic: ArithmeticOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    _ = try inputChoice()
    _ = try outputChoice()
    _ = try TagScheme(option: "--scheme", scheme)
    guard (0...1).contains(minConfidence) else {
      throw ValidationError("--min-confidence: expected 0 to 1, found \(minConfidence)")
    }
    guard wordColumn != 0 else {
      throw ValidationError(
        "--word-column: expected a column from 1, or from -1 for the last, found 0")
    }
    guard output != nil || !overwrite else {
      throw ValidationError("--overwrite: expected --output with it, found none")
    }
    _ = try TextEncoding(option: encoding)
  }

  func run() throws {
    let options = CorpusOptions(
      wordColumn: wordColumn, encoding: try TextEncoding(option: encoding),
      requiresAnnotations: false, split: CorpusReadingOptions.split)
    let inputs = files.isEmpty ? [.standardInput] : files.map { CorpusInput(argument: $0) }
    var run = TagRun(
      options: options, input: try inputChoice(), output: try outputChoice(),
      scheme: try TagScheme(option: "--scheme", scheme), minimumConfidence: minConfidence,
      common: common,
      targets: try TagTargets(folder: output, overwrite: overwrite, inputs: files))
    try run.check(inputs)
    let (adapter, loaded) = try adapter.load(arithmetic: arithmetic, common: common)
    var tagger = try Tagger(
      adapter: adapter, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      threads: common.threadCount, decoding: decoding)
    try run.run(inputs, tagger: &tagger)
  }

  private func inputChoice() throws -> TagRun.TagInputChoice? {
    guard let inputFormat else { return nil }
    if inputFormat == "auto" { return .detected }
    let names = CorpusFormat.allCases.filter { $0 != .squad }.map(\.rawValue)
    guard names.contains(inputFormat), let format = CorpusFormat(rawValue: inputFormat) else {
      throw ValidationError(
        "--input-format: expected auto, \(names.joined(separator: ", ")), found \(inputFormat)")
    }
    return .format(format)
  }

  private func outputChoice() throws -> TagOutputChoice? {
    guard let outputFormat else { return nil }
    guard let choice = TagOutputChoice(rawValue: outputFormat) else {
      throw ValidationError(
        "--output-format: expected \(TagOutputChoice.names), found \(outputFormat)")
    }
    return choice
  }
}
