import Corpora

/// Conversion of all inputs into one stream.
struct StreamConversion {
  private let conversion: Conversion
  private let target: any OutputTarget
  private let common: CommonOptions
  private var last: (UInt8, UInt8) = (0, 0)

  init(_ conversion: Conversion, target: any OutputTarget, common: CommonOptions) {
    self.conversion = conversion
    self.target = target
    self.common = common
  }

  mutating func convert(_ arguments: [String]) throws {
    if let writer = conversion.format.filesWriter {
      return try convertOneDocument(arguments, writer)
    }
    let frame = conversion.writer(for: nil)
    try write(frame.prologue)
    for (index, argument) in arguments.enumerated() {
      let input = try ConversionInput(argument: argument, options: conversion.options)
      let report = try conversion.convert(input) { try write($0) }
      report.warn(of: input, conversion, common)
      if index < arguments.count - 1, conversion.format == .conll || conversion.format == .layered {
        // The last sentence of one file and the first of the next must not become one.
        let newline = UInt8(ascii: "\n")
        while last != (newline, newline) { try write([newline]) }
      }
    }
    try write(frame.epilogue)
    try target.finish()
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    for byte in bytes.suffix(2) { last = (last.1, byte) }
    try target.write(bytes)
  }

  /// Formats of a file for each document go to one stream only where there is one file.
  private func convertOneDocument(
    _ arguments: [String], _ writer: any DocumentFilesWriter
  ) throws {
    var files: [CorpusFile] = []
    for argument in arguments {
      let input = try ConversionInput(argument: argument, options: conversion.options)
      let report = try conversion.convert(input, into: writer) { document in
        files += try writer.files(of: document, stem: "document")
        guard files.count <= 1 else {
          throw Failure(
            .usage,
            "--to \(conversion.format.rawValue): expected --output for several documents, found "
              + "none")
        }
      }
      report.warn(of: input, conversion, common)
    }
    for file in files { try target.write(file.bytes) }
    try target.finish()
  }
}

extension ConversionReport {
  /// Says what was not taken as it stood.
  func warn(of input: ConversionInput, _ conversion: Conversion, _ common: CommonOptions) {
    for note in corpus.notes(ofFlat: !conversion.format.holdsAllAnnotations) {
      common.warn("\(input.name): \(note)")
    }
    if notLayered > 0 {
      common.warn(
        "\(input.name): spans that are discontinuous, across sentences or not of whole words are "
          + "not written (\(notLayered))")
    }
    if touchingSpans > 0 {
      common.warn(
        "\(input.name): the scheme io makes one span of two side by side with one label "
          + "(\(touchingSpans) times)")
    }
  }
}
