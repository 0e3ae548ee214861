import ArgumentParser
import Corpora
import Foundation
import Tokenization

/// Options of every command that reads a corpus.
struct CorpusReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The corpus's format; detected unless said: \(CorpusFormat.names).", valueName: "format"))
  var corpusFormat: String?

  @Option(
    parsing: .unconditional,
    help: "The column of the words, from 1, or from -1 for the last (CoNLL formats).")
  var wordColumn: Int?

  @Option(
    parsing: .unconditional,
    help: "The column of the tags, from 1, or from -1 for the last (CoNLL formats).")
  var tagColumn: Int?

  @Option(help: "The encoding: utf-8 or latin1.")
  var encoding: String?

  /// - Parameter requiresAnnotations: whether bare words and raw text are an error.
  func options(requiresAnnotations: Bool) throws -> CorpusOptions {
    CorpusOptions(
      format: try corpusFormat.map { try CorpusFormat(option: "--corpus-format", $0) },
      wordColumn: wordColumn, tagColumn: tagColumn,
      encoding: try TextEncoding(option: encoding),
      requiresAnnotations: requiresAnnotations, split: Self.split)
  }

  /// Raw text into sentences and words.
  static let split: TextSplit = { text in
    TextSplitter().sentences(of: text).map(\.words)
  }

  /// Reads files, `-` standing for standard input, and says what was repaired.
  func read(
    _ files: [String], requiresAnnotations: Bool, common: CommonOptions
  ) throws -> Corpus {
    let corpus = try CorpusReader.read(
      files.map { CorpusInput(argument: $0) },
      options: options(requiresAnnotations: requiresAnnotations))
    for note in corpus.report.notes { common.warn(note) }
    return corpus
  }
}

extension TextEncoding {
  /// The encoding that `--encoding` names; nil where it is not given.
  init?(option name: String?) throws {
    guard let name else { return nil }
    guard let encoding = TextEncoding(name: name) else {
      throw ValidationError("--encoding: expected utf-8 or latin1, found \(name)")
    }
    self = encoding
  }
}

extension CorpusFormat {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// - Throws: a usage error that names the option.
  init(option: String, _ name: String) throws {
    guard let format = CorpusFormat(rawValue: name) else {
      throw ValidationError("\(option): expected \(Self.names), found \(name)")
    }
    self = format
  }
}
