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

      CoNLL that is read from CoNLL keeps its other columns, comments and blank lines. From other \
      formats it is written as word, tab, tag, with a blank line after each sentence, and with a \
      -DOCSTART- line before each document where documents of several sentences are told apart. \
      JSON lines hold a document each, or a sentence each where the input marks no documents. \
      tokens and text are written without annotations.
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

  @Option(help: "The scheme of the tags to write: iob1, iob2, iobes, bilou, bmewo or io.")
  var scheme = "iob2"

  @Option(help: "Columns of CoNLL: all of a CoNLL input, or word-and-tag.")
  var columns = ConllOutputColumns.all.rawValue

  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let conversion = try conversion()
    let arguments = files.isEmpty ? ["-"] : files
    let options = try readingOptions()
    guard let output else {
      if overwrite { throw ValidationError("--overwrite: expected --output with it, found none") }
      return try convertToStandardOutput(arguments, conversion, options)
    }
    guard !arguments.contains("-") else {
      throw ValidationError("--output: expected files to convert, found standard input")
    }
    let outputs = try ConvertedFiles(
      inputs: arguments, folder: output, format: conversion.format, overwrite: overwrite)
    for (argument, target) in zip(arguments, outputs.targets) {
      let input = try read(argument, options, conversion)
      try outputs.write(conversion.bytes(of: input), to: target)
      let report = input.corpus.report
      common.say(
        "\(argument) → \(target.relativePath): \(report.sentences) sentences, "
          + "\(report.words) words, \(report.spans) spans")
    }
  }

  private func convertToStandardOutput(
    _ arguments: [String], _ conversion: CorpusConversion, _ options: CorpusOptions
  ) throws {
    for (index, argument) in arguments.enumerated() {
      var bytes = try conversion.bytes(of: read(argument, options, conversion))
      let isLast = index == arguments.count - 1
      if !isLast, conversion.format == .conll {
        // The last sentence of one file and the first of the next must not become one.
        while !bytes.suffix(2).elementsEqual("\n\n".utf8) { bytes.append(UInt8(ascii: "\n")) }
      }
      try StandardOutput.write(bytes)
    }
  }

  private func conversion() throws -> CorpusConversion {
    guard let format = OutputFormat(rawValue: outputFormat) else {
      throw ValidationError("--to: expected \(OutputFormat.names), found \(outputFormat)")
    }
    guard let scheme = TagScheme(name: scheme) else {
      throw ValidationError(
        "--scheme: expected iob1, iob2, iobes, bilou, bmewo or io, found \(scheme)")
    }
    guard let columns = ConllOutputColumns(rawValue: columns) else {
      throw ValidationError("--columns: expected all or word-and-tag, found \(columns)")
    }
    return CorpusConversion(format: format, scheme: scheme, columns: columns)
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

  private func read(
    _ argument: String, _ options: CorpusOptions, _ conversion: CorpusConversion
  ) throws -> HeldCorpus {
    let input = try HeldCorpus(CorpusInput(argument: argument), options: options)
    for note in input.corpus.report.notes { common.warn("\(input.name): \(note)") }
    if conversion.format == .conll, conversion.scheme == .io, input.touchingSpans > 0 {
      common.warn(
        "\(input.name): the scheme io makes one span of two side by side with one label "
          + "(\(input.touchingSpans) times)")
    }
    return input
  }
}
