import Corpora
import Foundation

/// One format, and the end of the program as what libFuzzer takes for a finding.
struct FuzzTarget: Sendable {
  let format: CorpusFormat

  init?(_ name: String) {
    guard let format = CorpusFormat(rawValue: name) else { return nil }
    self.format = format
  }

  func check(_ bytes: [UInt8]) {
    do {
      try ReaderInvariants(format: format).check(bytes)
    } catch {
      FileHandle.standardError.write(Data("fuzz: \(error)\n".utf8))
      abort()
    }
  }
}
