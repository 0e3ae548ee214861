import ArgumentParser
import Corpora
import Foundation

/// How fast a corpus is read into documents, sentences, words and spans.
struct ReadingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reading", abstract: "Measure the reading of a corpus.")

  @Option(help: "The corpus.")
  var corpus: String

  @Option(help: "Its format.")
  var format: String

  @Option(help: "Passes over the corpus; the median counts.")
  var repetitions = 3

  func run() throws {
    guard let format = CorpusFormat(rawValue: format) else {
      throw ValidationError("--format: expected a format, found \(format)")
    }
    let input = CorpusInput.file(corpus)
    let options = CorpusOptions(format: format)
    var times: [Double] = []
    var report = CorpusReport()
    for _ in 0..<max(repetitions, 1) {
      let start = ContinuousClock.now
      // The scheme of the tags is found first, as `convert` does; the time counts.
      let survey = try CorpusSurvey([input], options: options)
      report = try CorpusReader.forEachDocument(
        of: input, options: options, scheme: survey.scheme
      ) { _ in }
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    let size = try FileManager.default.attributesOfItem(atPath: corpus)[.size] as? Int
    let result = ReadingResult(
      seconds: times.sorted()[times.count / 2], bytes: size ?? 0, words: report.words,
      spans: report.spans)
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    print(String(decoding: try coder.encode(result), as: UTF8.self))
  }
}

/// What a measurement of reading came to.
private struct ReadingResult: Encodable {
  var seconds: Double
  var bytes: Int
  var words: Int
  var spans: Int
}

/// Writes what is read by `reading` and by its peers: one corpus over and over, to a size.
struct ReadingSamples: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reading-samples", abstract: "Write the corpora that reading is measured on.")

  @Option(help: "A corpus to repeat.")
  var corpus: String

  @Option(help: "Where to write sample.conll, sample.bioc.xml, sample.xmi and TypeSystem.xml.")
  var output: String

  @Option(
    help: "The size of the files; the CAS, which holds its text in one attribute, is smaller.")
  var megabytes = 20

  func run() throws {
    let documents = try CorpusReader.read([.file(corpus)], options: CorpusOptions()).documents
    let folder = URL(fileURLWithPath: output, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let size = megabytes * 1_000_000
    try repeated(documents, ConllWriter(), size)
      .write(to: folder.appendingPathComponent("sample.conll"))
    try repeated(documents, BioCWriter(), size)
      .write(to: folder.appendingPathComponent("sample.bioc.xml"))
    let writer = XMIWriter()
    let one = Self.joined(documents, times: max(1, min(megabytes, 20) / 2))
    for file in try writer.files(of: one, stem: "sample") + writer.companions {
      try Data(file.bytes).write(to: folder.appendingPathComponent(file.name))
    }
  }

  private func repeated(
    _ documents: [Document], _ writer: some DocumentWriter, _ size: Int
  ) throws -> Data {
    let once = try documents.reduce(into: []) { $0 += try writer.bytes(of: $1) }
    var data = Data(writer.prologue)
    repeat { data.append(contentsOf: once) } while data.count < size
    data.append(contentsOf: writer.epilogue)
    return data
  }

  /// One document of all, for a format that holds one.
  private static func joined(_ documents: [Document], times: Int) -> Document {
    var result = Document(id: "sample", text: "", sentences: [])
    var length = 0
    for _ in 0..<times {
      for document in documents {
        func moved(_ range: Range<Int>) -> Range<Int> {
          range.lowerBound + length..<range.upperBound + length
        }
        for var sentence in document.sentences {
          for index in sentence.words.indices {
            sentence.words[index].range = moved(sentence.words[index].range)
          }
          result.sentences.append(sentence)
        }
        for var annotation in document.annotations {
          annotation.fragments = annotation.fragments.map(moved)
          result.annotations.append(annotation)
        }
        result.text += document.text + "\n"
        length += document.text.unicodeScalars.count + 1
      }
    }
    return result
  }
}
