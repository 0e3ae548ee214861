import Corpora
import Foundation

/// One format's reader, and what must hold for whatever it accepts.
struct FuzzTarget: Sendable {
  let format: CorpusFormat

  init?(_ name: String) {
    guard let format = CorpusFormat(rawValue: name) else { return nil }
    self.format = format
  }

  func check(_ bytes: [UInt8]) {
    var options = CorpusOptions(format: format, requiresAnnotations: false)
    // The first byte chooses options; it is read as part of the file as well.
    let choice = bytes.first ?? 0
    options.annotationSet = choice & 1 == 0 ? nil : "all"
    options.nesting = Nesting.allCases[Int(choice >> 1) % Nesting.allCases.count]
    if choice & 64 != 0 { options.encoding = .latin1 }
    let corpus: Corpus
    do {
      corpus = try CorpusReader.read([input(bytes)], options: options)
    } catch is CorpusError {
      return
    } catch {
      fail("fuzz: an error without a place: \(error)")
    }
    for document in corpus.documents { Self.check(document) }
    _ = corpus.report.notes
    _ = CorpusOddities(corpus).notes
    for writer in WrittenFormat.all { check(corpus, writer) }
  }

  /// brat's two files are one input, parted by a byte that is in no text.
  private func input(_ bytes: [UInt8]) throws -> CorpusInput {
    guard format == .brat else { return .bytes(bytes, name: "fuzz") }
    let parts = bytes.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("fuzz.ann")
    try Data(parts[0]).write(to: file)
    try Data(parts.count > 1 ? Array(parts[1]) : Array("Ana Reis x 😀\n".utf8))
      .write(to: folder.appendingPathComponent("fuzz.txt"))
    return .file(file.path)
  }

  /// Everything is where it says.
  static func check(_ document: Document) {
    let scalars = Array(document.text.unicodeScalars)
    var end = 0
    for sentence in document.sentences {
      for word in sentence.words {
        // Parts of one surface form may share its place.
        expect(word.range.lowerBound >= 0 && word.range.upperBound <= scalars.count, "fuzz: word")
        expect(word.range.lowerBound <= word.range.upperBound, "fuzz: word's order")
        end = max(end, word.range.upperBound)
      }
      var next = 0
      for span in sentence.spans {
        expect(
          span.words.lowerBound >= next && !span.words.isEmpty
            && span.words.upperBound <= sentence.words.count, "fuzz: flat span")
        next = span.words.upperBound
      }
      expect(
        sentence.rows.isEmpty || sentence.rows.count == sentence.words.count, "fuzz: rows")
    }
    for annotation in document.annotations {
      var start = 0
      for fragment in annotation.fragments {
        expect(
          fragment.lowerBound >= start && fragment.upperBound <= scalars.count, "fuzz: fragment")
        start = fragment.upperBound
      }
    }
    for section in document.sections {
      expect(section.range.upperBound <= scalars.count, "fuzz: section")
    }
  }

  /// What a writer writes can be read, and is written in the same way again.
  private func check(_ corpus: Corpus, _ writer: WrittenFormat) {
    let first: [[UInt8]]
    do { first = try writer.write(corpus.documents) } catch { return }
    for file in first {
      let options = CorpusOptions(
        format: writer.format, annotationSet: "all", requiresAnnotations: false)
      do {
        let again = try CorpusReader.read([.bytes(file, name: "again")], options: options)
        for document in again.documents { Self.check(document) }
        let second = try writer.write(again.documents)
        expect(second == [file], "fuzz: \(writer.format) is not written the same way twice")
      } catch let error as CorpusError where error.kind == .empty {
        continue
      } catch {
        fail("fuzz: what was written as \(writer.format) is not read: \(error)")
      }
    }
  }
}

/// Ends the program with a message, as a finding: a failed precondition has no message in release.
func fail(_ message: @autoclosure () -> String) -> Never {
  FileHandle.standardError.write(Data((message() + "\n").utf8))
  abort()
}

func expect(_ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
  if !condition() { fail(message()) }
}
