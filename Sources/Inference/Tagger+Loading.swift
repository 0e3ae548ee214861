public import Encoders
public import Foundation
public import Kernels
public import Tasks
import Tokenization

extension Tagger {
  /// Loads the encoder and its tokenizer, and checks that the adapter was trained on them.
  ///
  /// - Parameters:
  ///   - adapter: as read from its folder.
  ///   - encoderFolder: where the encoder is; `adapter.configuration.encoder` has its name and the
  ///     place where it was when the adapter was trained.
  ///   - threads: how many share a batch; all processors unless said.
  ///   - decoding: another way to choose tags than the adapter's.
  ///   - precision: of the encoder's products; that which the adapter was trained at unless said.
  ///   - engine: what makes them; the fastest that there is unless said.
  ///   - environment: says where the encoder's SHA-256 is cached (see `EncoderFingerprint`).
  /// - Throws: `EncoderError` or `TokenizerError` where the folder holds no whole encoder,
  ///   `AdapterError` where the encoder is another than the adapter's.
  public init(
    adapter: Adapter, encoderFolder: EncoderFolder, threads: Int? = nil,
    decoding: DecodingMethod? = nil, precision: Precision? = nil, engine: ProductEngine? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let url = encoderFolder.url
    let arithmetic = Arithmetic(precision ?? adapter.configuration.precision, engine: engine)
    let encoder = try FrozenEncoder(folder: url, arithmetic: arithmetic, trains: false)
    let tokenizer = try WordpieceTokenizer(folder: url)
    try adapter.check(
      encoder: encoder, sha256: EncoderFingerprint.cached(folder: url, environment: environment),
      path: url.path)
    try self.init(
      adapter: adapter, encoder: encoder, tokenizer: tokenizer, threads: threads,
      decoding: decoding)
  }
}
