import Encoders
public import Foundation
import Synchronization
import Tokenization

/// The adapters that an engine serves, by name. Each can be loaded, replaced and removed while others serve; who has
/// taken one out keeps it until done.
public final class AdapterStore: Sendable {
  private let encoder: FrozenEncoder
  private let tokenizer: WordpieceTokenizer
  private let sha256: String
  private let encoderPath: String
  private let adapters = Mutex<[String: LoadedAdapter]>([:])

  init(
    encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, sha256: String, encoderPath: String
  ) {
    self.encoder = encoder
    self.tokenizer = tokenizer
    self.sha256 = sha256
    self.encoderPath = encoderPath
  }

  /// Loads an adapter, in place of another of the name; that one finishes what it has begun. Where the folder holds no
  /// adapter that fits, the other stays.
  ///
  /// - Throws: `AdapterError`, `EncoderError`, `TemplateError`, `LayoutError`.
  @discardableResult
  public func load(name: String, folder: URL) throws -> LoadedAdapter {
    let adapter = try read(name: name, folder: folder)
    put(adapter)
    return adapter
  }

  /// Makes an adapter ready that nobody can ask for yet.
  ///
  /// - Throws: as `load(name:folder:)`.
  public func read(name: String, folder: URL) throws -> LoadedAdapter {
    try LoadedAdapter(
      name: name, folder: folder, encoder: encoder, tokenizer: tokenizer, sha256: sha256,
      path: encoderPath)
  }

  /// Serves an adapter by its name, in place of another that has it.
  ///
  /// - Parameter adapter: of this store.
  /// - Returns: that other one.
  @discardableResult
  public func put(_ adapter: LoadedAdapter) -> LoadedAdapter? {
    adapters.withLock { $0.updateValue(adapter, forKey: adapter.name) }
  }

  /// - Returns: what was there; nil: nothing.
  @discardableResult
  public func remove(name: String) -> LoadedAdapter? {
    adapters.withLock { $0.removeValue(forKey: name) }
  }

  public func adapter(name: String) throws(EngineError) -> LoadedAdapter {
    guard let adapter = adapters.withLock({ $0[name] }) else {
      throw .unknownAdapter(name: name)
    }
    return adapter
  }

  /// All, by name.
  public var all: [LoadedAdapter] {
    adapters.withLock { Array($0.values) }.sorted { $0.name < $1.name }
  }
}
