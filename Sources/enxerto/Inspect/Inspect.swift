import ArgumentParser
import Corpora
import Encoders
import Foundation
import Tasks

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what an encoder, an adapter or a corpus is.",
    discussion: """
      Examples:
        enxerto inspect models/all-MiniLM-L6-v2
        enxerto inspect adapters/mine
        enxerto inspect corpora/train.xml --json
        enxerto inspect corpora/questions-train.xml

      The SHA-256 of an encoder is that of its weights, hashed anew.
      """)

  @Argument(
    help:
      "An encoder's folder or name, an adapter's folder, or a corpus: a file, a folder of files, or - for standard input."
  )
  var path: String

  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    guard path != "-", FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    else { return try inspectWhatIsNoPath() }
    guard isFolder.boolValue else { return try show(corpus: path) }
    let files = [Adapter.configurationFile, "config.json"].map {
      FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
    }
    switch (files[0], files[1]) {
    case (true, _): try show(AdapterInspection(folder: url))
    case (false, true): try show(EncoderInspection(folder: url))
    case (false, false):
      do {
        try show(corpus: path)
      } catch let error as CorpusError where error.kind == .empty {
        throw Failure(
          .badData,
          "\(path): expected an encoder's folder (config.json), an adapter's (adapter.json) or one "
            + "with a corpus, found none of them")
      }
    }
  }

  /// Standard input, or an encoder by its name.
  private func inspectWhatIsNoPath() throws {
    if path == "-" { return try show(corpus: path) }
    let named = try? EncoderFolder.locate(
      path, saidBy: "PATH", environment: Surroundings.environment,
      currentDirectory: Surroundings.currentDirectory)
    guard let named else {
      throw Failure(
        .missingInput,
        "\(path): expected an encoder's folder or name, an adapter's folder or a corpus, found "
          + "none")
    }
    try show(EncoderInspection(folder: named.url))
  }

  private func show(corpus path: String) throws {
    let input = CorpusInput(argument: path)
    if reading.corpusFormat == nil, try isQuestions(input) {
      return try show(
        QuestionInspection(
          QuestionCorpus.read([input], encoding: TextEncoding(option: reading.encoding))))
    }
    try show(
      CorpusInspection(
        CorpusReader.read(
          [CorpusInput(argument: path)], options: reading.options(requiresAnnotations: false))))
  }

  /// A pipe can be read only once, and is not looked into.
  private func isQuestions(_ input: CorpusInput) throws -> Bool {
    guard case .file(let path) = input,
      try FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
        as? FileAttributeType == .typeRegular
    else { return false }
    return try QuestionFormat.isMeant(by: ByteSource(input))
  }

  private func show(_ inspection: some Inspection) throws {
    try StandardOutput.write(line: common.json ? inspection.json.line : inspection.table.text)
  }
}

/// What `inspect` found, for people and for programs.
protocol Inspection {
  var table: Table { get }
  var json: JSONOutput { get }
}

/// The size of a file.
struct FileSize {
  let name: String
  let bytes: Int

  /// nil where there is no such file.
  init?(_ url: URL) {
    // Followed, since an encoder in a download cache is links.
    let path = url.resolvingSymlinksInPath().path
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    else { return nil }
    (name, bytes) = (url.lastPathComponent, size)
  }

  /// Of a folder's files, in order of their names.
  static func all(in folder: URL, where isWanted: (String) -> Bool = { _ in true }) -> [FileSize] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter(isWanted).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { FileSize(folder.appendingPathComponent($0)) }
  }
}

extension [FileSize] {
  var json: JSONOutput { .object(map { ($0.name, .integer($0.bytes)) }) }
}
