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

  @Option(
    help: ArgumentHelp(
      "The scheme that the tags are in; detected unless said: \(TagScheme.names).",
      valueName: "scheme"))
  var tagScheme: String?

  @Option(
    help: ArgumentHelp(
      "The annotation set (GATE, SQuAD), layer (WebAnno, XMI, BioC) or tag column (HIPE, "
        + "GermEval, layered) to read; all reads every one.", valueName: "name"))
  var annotationSet: String?

  @Option(
    help: ArgumentHelp(
      "Which spans a tagger keeps of those that are nested or overlap: outermost, innermost or "
        + "first-layer.", valueName: "choice"))
  var nesting = Nesting.outermost.rawValue

  @Option(
    help: ArgumentHelp(
      "An element that is an entity in inline XML, or a type in GATE: PER, ENAMEX@TYPE (its "
        + "label is an attribute), persName=PER; may be repeated.", valueName: "element"))
  var entityElement: [String] = []

  @Option(
    help: ArgumentHelp("Read a label as another; may be repeated.", valueName: "old=new"))
  var mapLabel: [String] = []

  @Option(help: "The encoding: utf-8 or latin1.")
  var encoding: String?

  /// - Parameter requiresAnnotations: whether bare words and raw text are an error.
  func options(requiresAnnotations: Bool) throws -> CorpusOptions {
    CorpusOptions(
      format: try corpusFormat.map { try CorpusFormat(option: "--corpus-format", $0) },
      wordColumn: wordColumn, tagColumn: tagColumn,
      encoding: try TextEncoding(option: encoding),
      scheme: try tagScheme.map { try TagScheme(option: "--tag-scheme", $0) },
      annotationSet: annotationSet, nesting: try Nesting(option: "--nesting", nesting),
      labelMap: try mapLabel.map(Self.mapping),
      entityElements: try entityElement.map { text in
        guard let element = EntityElement(text) else {
          throw ValidationError(
            "--entity-element: expected NAME, NAME@ATTRIBUTE or NAME=LABEL, found \(text)")
        }
        return element
      },
      requiresAnnotations: requiresAnnotations, split: Self.split)
  }

  private static func mapping(_ text: String) throws -> (from: String, to: String) {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw ValidationError("--map-label: expected OLD=NEW, found \(text)")
    }
    return (String(Substring(parts[0])), String(Substring(parts[1])))
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
