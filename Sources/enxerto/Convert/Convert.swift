import ArgumentParser
import Corpora
import Foundation

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a corpus in another format.",
    discussion: """
      Examples:
        enxerto convert corpora/train.xml --to conll > train.conll
        enxerto convert corpora/dev.xml corpora/test.xml --to jsonl --output out
        enxerto convert old.conll --to conll --scheme iobes > new.conll
        enxerto convert corpora/dev.xml --to brat --output brat

      conll     one word a row. What is read from CoNLL keeps its other columns, comments and
                blank lines; other formats give word, tab, tag. Tags are flat: of nested spans
                --nesting keeps one
      layered   as conll, with a tag column for each depth of nesting
      inline-xml, bioc
                one XML document for all that is read
      gate, xmi one file for each document; --output, unless there is one
      brat      .txt and .ann for each document; needs --output
      jsonl     a document a line, or a sentence where the input marks no documents
      tokens, text
                without annotations

      Input of any size is converted in memory that does not grow with it, save for documents \
      that are themselves large.
      """)

  @Argument(help: ArgumentHelp("Corpora; standard input if none, or where -.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("The format of the input, as --corpus-format.", valueName: "format"))
  var inputFormat: String?

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("The format to write: \(OutputFormat.names).", valueName: "format"))
  var outputFormat: String

  @Option(help: ArgumentHelp("Write a file for each input into this folder.", valueName: "folder"))
  var output: String?

  @Flag(help: "Replace files in the output folder.")
  var overwrite = false

  @Option(
    help: ArgumentHelp(
      "The scheme of the tags to write: \(TagScheme.names). CoNLL from CoNLL keeps its own unless "
        + "said; from other formats iob2."))
  var scheme: String?

  @Option(help: "Columns of CoNLL: all of a CoNLL input, or word-and-tag.")
  var columns = ConllOutputColumns.all.rawValue

  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let conversion = try conversion()
    // Of a folder all files, of brat's two the annotations.
    let inputs = try CorpusInput.expanded(files.map { CorpusInput(argument: $0) })
    let arguments = files.isEmpty ? ["-"] : inputs.map { $0 == .standardInput ? "-" : $0.name }
    if let output {
      guard !arguments.contains("-") else {
        throw ValidationError("--output: expected files to convert, found standard input")
      }
      let folder = try OutputFolder(output, inputs: arguments, overwrite: overwrite)
      var run = FolderConversion(conversion, folder: folder, common: common)
      try run.convert(arguments)
    } else {
      if overwrite { throw ValidationError("--overwrite: expected --output with it, found none") }
      var run = StreamConversion(conversion, target: StandardOutputTarget(), common: common)
      try run.convert(arguments)
    }
  }

  private func conversion() throws -> Conversion {
    let format = try OutputFormat(option: "--to", outputFormat)
    guard let columns = ConllOutputColumns(rawValue: columns) else {
      throw ValidationError("--columns: expected all or word-and-tag, found \(columns)")
    }
    if format == .brat, output == nil {
      throw ValidationError(
        "--to brat: expected --output, since a document is two files, found none")
    }
    return Conversion(
      format: format, scheme: try scheme.map { try TagScheme(option: "--scheme", $0) },
      columns: columns,
      options: try readingOptions())
  }

  private func readingOptions() throws -> CorpusOptions {
    var options = try reading.options(requiresAnnotations: false)
    if let inputFormat {
      let format = try CorpusFormat(option: "--from", inputFormat)
      if let other = options.format, other != format {
        throw ValidationError(
          "--from and --corpus-format: expected one format, found \(format.rawValue) and "
            + other.rawValue)
      }
      options.format = format
    }
    return options
  }
}
