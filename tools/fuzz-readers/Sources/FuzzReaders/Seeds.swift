import Corpora
import Foundation

/// First inputs: what the program itself writes of a small corpus, and a few lines by hand for
/// formats that it only reads.
struct Seeds {
  let corpus: String
  let folder: String

  func write(for format: CorpusFormat) throws {
    let read = try CorpusReader.read([.file(corpus)], options: CorpusOptions())
    var files = HandWritten.texts(of: format).map { Array($0.utf8) }
    for writer in WrittenFormat.all where writer.format == format || writer.isLike(format) {
      for document in read.documents.prefix(3) { files += try writer.write([document]) }
    }
    for (number, bytes) in files.enumerated() {
      let target = URL(fileURLWithPath: folder).appendingPathComponent("seed-\(number)")
      try Data(bytes.prefix(8192)).write(to: target)
    }
  }
}
