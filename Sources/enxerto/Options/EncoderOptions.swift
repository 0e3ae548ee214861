import ArgumentParser
import Encoders
import Foundation
import Tokenization

/// An encoder made ready.
struct LoadedEncoder {
  var folder: EncoderFolder
  var encoder: FrozenEncoder
  var tokenizer: WordpieceTokenizer
  var sha256: String

  init(folder: EncoderFolder) throws {
    self.folder = folder
    encoder = try FrozenEncoder(folder: folder.url)
    tokenizer = try WordpieceTokenizer(folder: folder.url)
    sha256 = try EncoderFingerprint.cached(
      folder: folder.url, environment: Surroundings.environment)
    guard tokenizer.vocabulary.count <= encoder.configuration.vocabularySize else {
      throw Failure(
        .badData,
        "\(folder.url.path): expected a vocabulary of at most "
          + "\(encoder.configuration.vocabularySize) wordpieces (vocab_size in config.json), found "
          + "\(tokenizer.vocabulary.count)")
    }
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

  func load() throws -> LoadedEncoder {
    try LoadedEncoder(
      folder: EncoderFolder.locate(
        encoder, environment: Surroundings.environment,
        currentDirectory: Surroundings.currentDirectory))
  }
}
