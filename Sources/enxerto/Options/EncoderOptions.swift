import ArgumentParser
import Encoders
import Foundation
import Kernels
import Tasks
import Tokenization

/// An encoder made ready.
struct LoadedEncoder {
  var folder: EncoderFolder
  var encoder: FrozenEncoder
  var tokenizer: WordpieceTokenizer
  var sha256: String

  /// - Parameter trains: whether prompts are trained on it.
  init(folder: EncoderFolder, arithmetic: Arithmetic, trains: Bool = false) throws {
    self.folder = folder
    encoder = try FrozenEncoder(folder: folder.url, arithmetic: arithmetic, trains: trains)
    tokenizer = try WordpieceTokenizer(folder: folder.url)
    sha256 = try EncoderFingerprint.cached(
      folder: folder.url, environment: Surroundings.environment)
    try encoder.check(vocabularyOf: tokenizer, path: folder.url.path)
  }
}

/// Which encoder.
struct EncoderOptions: ParsableArguments {
  @Option(
    help: """
      The encoder: a Hugging Face folder, or a name under models/. Unless said: ENXERTO_ENCODER, \
      then \(EncoderFolder.defaultName).
      """)
  var encoder: String?

  func load(arithmetic: Arithmetic, trains: Bool) throws -> LoadedEncoder {
    try LoadedEncoder(
      folder: EncoderFolder.locate(
        encoder, environment: Surroundings.environment,
        currentDirectory: Surroundings.currentDirectory),
      arithmetic: arithmetic, trains: trains)
  }
}
