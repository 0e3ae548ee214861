import Corpora
import Foundation
import Inference
import Tasks

/// Tags one input after another.
struct TagRun {
  let options: CorpusOptions
  /// nil: text, unless the input shows that it is XML.
  let input: TagInputChoice?
  let output: TagOutputChoice?
  let scheme: TagScheme
  let minimumConfidence: Double
  let common: CommonOptions
  var targets: TagTargets

  /// What `--input-format` may say.
  enum TagInputChoice {
    case detected
    case format(CorpusFormat)
  }

  // MARK: Before anything is tagged

  /// Refuses what can be refused before the encoder is loaded.
  func check(_ inputs: [CorpusInput]) throws {
    for input in inputs { try input.checkReadable() }
    var needing = 0
    for input in inputs where try needsFolder(input) { needing += 1 }
    guard !targets.isFolder, needing > 0 else { return }
    if inputs.count > 1 {
      throw Failure(
        .usage,
        "--output: expected a folder, as several documents cannot follow one another, found none")
    }
    if case .format(.brat)? = self.input {
      throw Failure(.usage, "--output: expected a folder for brat's files, found none")
    }
  }

  private func needsFolder(_ input: CorpusInput) throws -> Bool {
    if case .format(let format)? = self.input {
      return try TagPlan(format, output: output).needsFolder
    }
    guard case .file(let path) = input else { return false }
    let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    if type != .typeRegular, type != .typeSymbolicLink { return false }
    if type == .typeSymbolicLink, !Self.isRegular(path) { return false }
    return try plan(ByteSource(input), quietly: true).needsFolder
  }

  private static func isRegular(_ path: String) -> Bool {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let type = try? FileManager.default.attributesOfItem(atPath: real)[.type]
    return type as? FileAttributeType == .typeRegular
  }

  private func plan(_ source: ByteSource, quietly: Bool) throws -> TagPlan {
    if case .format(let format)? = input { return try TagPlan(format, output: output) }
    if input == nil {
      let isXML =
        try TagDetection.namesXML(source.name) || TagDetection.beginsWithDeclaration(source)
      guard isXML else { return .stream(.text) }
    }
    let format = try detect(source)
    if !quietly { common.say("\(source.name): read as \(format.rawValue)") }
    return try TagPlan(format, output: output)
  }

  private func detect(_ source: ByteSource) throws(CorpusError) -> CorpusFormat {
    do {
      return try CorpusReader.detect(source, options: options).format
    } catch {
      var error = error
      error.expected = error.expected.replacingOccurrences(
        of: "--corpus-format", with: "--input-format")
      throw error
    }
  }

  // MARK: Tagging

  mutating func run(_ inputs: [CorpusInput], tagger: inout Tagger) throws {
    var previous: TagStream?
    for input in inputs {
      let source = try ByteSource(input)
      let plan = try plan(source, quietly: false)
      let target = try targets.target(
        of: input == .standardInput ? "-" : source.name,
        fileExtension: plan.fileExtension(output))
      let written = try Self.output(target)
      switch plan {
      case .stream(let format):
        previous = try stream(
          source, format, after: target == nil ? previous : nil, tagger: &tagger, written)
      case .rewrite(.brat):
        let text = try targets.target(of: source.name, fileExtension: "txt")
        try rewriteBrat(source, text, tagger: &tagger, written)
      case .rewrite(let format):
        try rewrite(source, format, tagger: &tagger, written)
      case .documents(let format):
        try documents(source, format, tagger: &tagger, written)
      }
      try written.finish()
    }
  }

  private func stream(
    _ source: ByteSource, _ input: TagInputFormat, after previous: TagStream?,
    tagger: inout Tagger, _ written: any OutputTarget
  ) throws -> TagStream {
    let usual = input == .jsonLines ? TagOutputChoice.jsonLines : .conll
    var stream = TagStream(
      file: source.name, input: input, output: format(output ?? usual), options: options,
      minimumConfidence: minimumConfidence, after: previous)
    while true {
      // Whoever types into the pipe gets an answer before more is asked for.
      if !source.isReady { try stream.flush(tagger: &tagger, emit: written.write) }
      guard let bytes = try source.next() else { break }
      try stream.feed(bytes, tagger: &tagger, emit: written.write)
    }
    try stream.finish(tagger: &tagger, emit: written.write)
    return stream
  }

  private func format(_ output: TagOutputChoice) -> TagOutputFormat {
    output == .conll ? .conll(scheme) : .jsonLines
  }

  private func rewrite(
    _ source: ByteSource, _ format: CorpusFormat, tagger: inout Tagger, _ written: any OutputTarget
  ) throws {
    switch format {
    case .pubtator:
      let rewriter = try PubTatorRewriter(
        bytes(source), name: source.name, split: options.split)
      try finish(rewriter, source.name, tagger: &tagger, written)
    default:
      let rewriter = try XMLRewriter(
        bytes(source), format: format, name: source.name, encoding: options.encoding,
        split: options.split)
      try finish(rewriter, source.name, tagger: &tagger, written)
    }
  }

  private func finish(
    _ rewriter: some CorpusRewriter, _ name: String, tagger: inout Tagger,
    _ written: any OutputTarget
  ) throws {
    var rewriter = rewriter
    try tagger.tag(&rewriter, minimumConfidence: minimumConfidence)
    try written.write(rewriter.finish())
    for note in rewriter.notes { common.warn("\(name): \(note)") }
  }

  /// The `.txt` file is copied beside the `.ann` file.
  private func rewriteBrat(
    _ source: ByteSource, _ target: URL?, tagger: inout Tagger, _ written: any OutputTarget
  ) throws {
    let name = URL(fileURLWithPath: source.name)
    guard ["ann", "txt"].contains(name.pathExtension.lowercased()), let target else {
      throw CorpusError(
        .option, file: source.name, expected: "a file of brat (.ann or .txt) and --output",
        found: "something else")
    }
    let isText = name.pathExtension.lowercased() == "txt"
    let twin = name.deletingPathExtension().appendingPathExtension(isText ? "ann" : "txt")
    let given = try bytes(source)
    var other: [UInt8] = []
    if !isText || FileManager.default.fileExists(atPath: twin.path) {
      other = try bytes(ByteSource(.file(twin.relativePath)))
    }
    let text = isText ? given : other
    let rewriter = try BratRewriter(
      text: text, annotations: isText ? other : given,
      name: isText ? source.name : twin.relativePath, split: options.split)
    let copy = try Self.output(target)
    try copy.write(text)
    try finish(rewriter, source.name, tagger: &tagger, written)
    try copy.finish()
  }

  private static func output(_ target: URL?) throws -> any OutputTarget {
    guard let target else { return StandardOutputTarget() }
    return try FileTarget(target)
  }

  private func documents(
    _ source: ByteSource, _ format: CorpusFormat, tagger: inout Tagger, _ written: any OutputTarget
  ) throws {
    var options = options
    options.format = format
    // brat's reader looks for the file beside.
    let input: CorpusInput =
      format == .brat ? .file(source.name) : .bytes(try bytes(source), name: source.name)
    let corpus = try CorpusReader.read([input], options: options)
    for note in corpus.report.notes(ofFlat: false) { common.warn("\(source.name): \(note)") }
    try tagger.tag(
      corpus.documents, to: self.format(output ?? .conll), minimumConfidence: minimumConfidence,
      emit: written.write)
  }

  /// All of a file that is worked on as a whole.
  private func bytes(_ source: ByteSource) throws -> [UInt8] {
    var result: [UInt8] = []
    while let chunk = try source.next() {
      result += chunk
      guard result.count <= XMLRewriter.sizeLimit else {
        throw CorpusError(
          file: source.name,
          expected: "a document of at most \(XMLRewriter.sizeLimit >> 20) MB, to be held in memory",
          found: "a bigger one")
      }
    }
    return result
  }
}
