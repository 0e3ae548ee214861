public import Foundation

/// The SHA-256 by which an adapter knows its encoder: that of `model.safetensors`. Where the weights are in shards,
/// it is that of a list with one line a shard, in ascending order of names: digest, two spaces, name, line feed
/// (what `sha256sum *.safetensors` prints).
public enum EncoderFingerprint {
  /// Reads the weights and hashes them.
  ///
  /// - Returns: 64 lowercase hexadecimal digits.
  /// - Throws: `EncoderError` if the weights are missing or unreadable.
  public static func compute(folder: URL) throws(EncoderError) -> String {
    try fingerprint(of: folder) { url throws(EncoderError) in
      try MappedFile(url).withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    }
  }

  /// The same, from the user's cache (`$XDG_CACHE_HOME/enxerto`, `~/.cache/enxerto`) where the weights have not
  /// changed since they were hashed: path, size, modification time and inode are the same. A cache that cannot be
  /// read or written only costs the time to hash. Nothing is written in the encoder's folder.
  ///
  /// - Parameter environment: `XDG_CACHE_HOME` and `HOME` are looked at.
  public static func cached(
    folder: URL, environment: [String: String]
  ) throws(EncoderError) -> String {
    let cache = UserFolders.cache(environment: environment).map(DigestCache.init(folder:))
    return try fingerprint(of: folder) { url throws(EncoderError) in
      try digest(of: url, cache: cache)
    }
  }

  private static func fingerprint(
    of folder: URL, _ digest: (URL) throws(EncoderError) -> String
  ) throws(EncoderError) -> String {
    let location = try WeightFiles.locate(in: folder)
    switch location {
    case .single(let url):
      return try digest(url)
    case .sharded:
      var list = ""
      for name in location.fileNames {
        list += try digest(folder.appendingPathComponent(name)) + "  " + name + "\n"
      }
      return SHA256.hexadecimal(of: list)
    }
  }

  private static func digest(of url: URL, cache: DigestCache?) throws(EncoderError) -> String {
    let before = FileIdentity(url)
    if let cache, let before, let known = cache.digest(of: before) { return known }
    let digest = try MappedFile(url).withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    // Not kept if the file was changed meanwhile, or so recently that a change to come could leave the same time.
    if let cache, let before, before == FileIdentity(url), before.isSettled {
      cache.store(digest, of: before)
    }
    return digest
  }
}
