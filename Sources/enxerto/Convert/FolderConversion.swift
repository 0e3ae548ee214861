import Corpora
import Foundation

/// Conversion of each input into files of its own.
struct FolderConversion {
  private let conversion: Conversion
  private var folder: OutputFolder
  private let common: CommonOptions
  private var stems: Set<String> = []

  init(_ conversion: Conversion, folder: OutputFolder, common: CommonOptions) {
    self.conversion = conversion
    self.folder = folder
    self.common = common
  }

  mutating func convert(_ arguments: [String]) throws {
    if let writer = conversion.format.filesWriter {
      return try convert(arguments, writer)
    }
    // All names are settled before the first file is written.
    let targets = try arguments.map { argument in
      try folder.take(
        OutputFolder.stem(of: argument) + "." + conversion.format.fileExtension, for: argument)
    }
    for (argument, url) in zip(arguments, targets) {
      let input = try ConversionInput(argument: argument, options: conversion.options)
      let target = try FileTarget(url)
      let frame = conversion.writer(for: input)
      try target.write(frame.prologue)
      let report = try conversion.convert(input) { try target.write($0) }
      try target.write(frame.epilogue)
      try target.finish()
      report.warn(of: input, conversion, common)
      say(argument, url.relativePath, report)
    }
  }

  private mutating func convert(
    _ arguments: [String], _ writer: any DocumentFilesWriter
  ) throws {
    var companions = writer.companions
    for argument in arguments {
      let input = try ConversionInput(argument: argument, options: conversion.options)
      let stem = OutputFolder.stem(of: argument)
      var documents = 0
      var written = 0
      let report = try conversion.convert(input, into: writer) { document in
        documents += 1
        let name = freeStem(for: document, of: stem, number: documents)
        for file in try writer.files(of: document, stem: name) + companions {
          try write(file, for: argument)
          written += 1
        }
        companions = []
      }
      report.warn(of: input, conversion, common)
      say(argument, "\(written) files", report)
    }
  }

  /// The input's name and the document's; a number where the document has none, or not one of
  /// its own.
  private mutating func freeStem(
    for document: Document, of stem: String, number: Int
  ) -> String {
    let suffix = document.id.map(OutputFolder.fileName) ?? "\(number)"
    let isPlain = number == 1 && (document.id == nil || suffix.utf8.elementsEqual(stem.utf8))
    var result = isPlain ? stem : "\(stem)-\(suffix)"
    if stems.contains(result) { result += "-\(number)" }
    stems.insert(result)
    return result
  }

  private mutating func write(_ file: CorpusFile, for argument: String) throws {
    let target = try FileTarget(folder.take(file.name, for: argument))
    try target.write(file.bytes)
    try target.finish()
  }

  private func say(_ argument: String, _ target: String, _ report: ConversionReport) {
    let counts = report.corpus
    common.say(
      "\(argument) → \(target): \(counts.sentences) sentences, \(counts.words) words, "
        + "\(counts.spans) spans")
  }
}
