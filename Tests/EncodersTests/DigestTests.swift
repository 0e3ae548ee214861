import Foundation
import Testing

@testable import Encoders

@Suite struct DigestTests {
  /// FIPS 180-4's examples and NIST's short messages (CAVP, SHA256ShortMsg).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]) func knownMessages(_ message: String, _ digest: String) {
    #expect(SHA256.hexadecimal(of: message) == digest)
  }

  @Test func singleBytes() {
    let digest = [UInt8(0xbd)].withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    #expect(digest == "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b")
  }

  @Test func aMillionTimesA() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let digest = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Lengths around the block size, taken whole and in pieces: the digest of all digests is from Python's hashlib.
  @Test func anyPieces() {
    var list = ""
    for count in 0...200 {
      let bytes = (0..<count).map { UInt8($0 * 7 & 255) }
      let whole = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
      for piece in [1, 3, 63, 64, 65] {
        var hash = SHA256()
        for start in stride(from: 0, to: count, by: piece) {
          bytes[start..<min(count, start + piece)].withUnsafeBytes { hash.update($0) }
        }
        #expect(hash.finalize() == whole, "\(count) bytes by \(piece)")
      }
      list += whole
    }
    #expect(
      SHA256.hexadecimal(of: list)
        == "020088e9c26b95faf20594b4a5301fc5493cad4e2e0e002a0233825ae81dbd5f")
  }
}

@Suite struct DigestCacheTests {
  let folder: TemporaryFolder
  let weights: URL
  let encoder: URL
  let environment: [String: String]
  let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  init() throws {
    folder = try TemporaryFolder()
    weights = try folder.write("abc", "encoder/model.safetensors")
    encoder = weights.deletingLastPathComponent()
    environment = ["XDG_CACHE_HOME": folder.url.appendingPathComponent("cache").path]
    try setTime(1_000_000)
  }

  func setTime(_ seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: weights.path)
  }

  var cache: DigestCache {
    DigestCache(folder: folder.url.appendingPathComponent("cache/enxerto"))
  }

  func fingerprint() throws -> String {
    try EncoderFingerprint.cached(folder: encoder, environment: environment)
  }

  /// Puts another digest under the weights' present identity, so that a hit can be told from hashing.
  func plant() throws -> String {
    let planted = String(repeating: "5", count: 64)
    cache.store(planted, of: try #require(FileIdentity(weights)))
    return planted
  }

  @Test func hashesThenRemembers() throws {
    #expect(try fingerprint() == abc)
    let identity = try #require(FileIdentity(weights))
    #expect(cache.digest(of: identity) == abc)
    let planted = try plant()
    #expect(try fingerprint() == planted)
    #expect(try EncoderFingerprint.compute(folder: encoder) == abc)
    let files = try FileManager.default.contentsOfDirectory(atPath: cache.folder.path)
    #expect(files.count == 1, "no temporary file stays behind: \(files)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: encoder.path) == ["model.safetensors"])
  }

  @Test func anotherTimeSizeOrFileIsHashedAnew() throws {
    let planted = try plant()
    try setTime(1_000_001)
    #expect(try fingerprint() == abc)

    #expect(try plant() == planted)
    try Data("abcd".utf8).write(to: weights)
    try setTime(1_000_001)
    #expect(try fingerprint() == SHA256.hexadecimal(of: "abcd"))

    _ = try plant()
    // Same path, size and time, another inode: the old file is kept so that its number is not used again.
    try FileManager.default.moveItem(at: weights, to: folder.url.appendingPathComponent("old"))
    try Data("efgh".utf8).write(to: weights)
    try setTime(1_000_001)
    #expect(try fingerprint() == SHA256.hexadecimal(of: "efgh"))
  }

  @Test func aFileJustWrittenIsNotRemembered() throws {
    try setTime(Date().timeIntervalSince1970)
    #expect(try fingerprint() == abc)
    #expect(cache.digest(of: try #require(FileIdentity(weights))) == nil)
  }

  @Test func damagedEntriesAreNotTrusted() throws {
    _ = try plant()
    let identity = try #require(FileIdentity(weights))
    let entry = cache.entry(for: identity.path)
    let good = Array(try Data(contentsOf: entry))
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 1
      try Data(bytes).write(to: entry)
      #expect(cache.digest(of: identity) == nil, "byte \(index)")
      try Data(good.prefix(index)).write(to: entry)
      #expect(cache.digest(of: identity) == nil, "cut at \(index)")
    }
    for other in [Data(), Data(repeating: 0xff, count: 300), Data(good + good)] {
      try other.write(to: entry)
      #expect(try fingerprint() == abc)
    }
    #expect(cache.digest(of: identity) == abc)
  }

  @Test func anotherPathsEntryIsNotTrusted() throws {
    _ = try plant()
    let identity = try #require(FileIdentity(weights))
    let copy = encoder.appendingPathComponent("copy")
    try FileManager.default.linkItem(at: weights, to: copy)
    let other = try #require(FileIdentity(copy))
    try FileManager.default.copyItem(
      at: cache.entry(for: identity.path), to: cache.entry(for: other.path))
    #expect(cache.digest(of: other) == nil)
  }

  @Test func noCacheIsNoError() throws {
    #expect(try EncoderFingerprint.cached(folder: encoder, environment: [:]) == abc)
    // A file where the folder should be: nothing can be made in it, whoever runs this.
    let file = try folder.write("x", "blocked")
    let blocked = ["XDG_CACHE_HOME": file.path]
    #expect(try EncoderFingerprint.cached(folder: encoder, environment: blocked) == abc)
  }

  @Test func shardsAreHashedAsAList() throws {
    try FileManager.default.removeItem(at: weights)
    try folder.write("abc", "encoder/model-2.safetensors")
    try folder.write("", "encoder/model-1.safetensors")
    try folder.write(
      #"{"weight_map":{"a":"model-2.safetensors","b":"model-1.safetensors"}}"#,
      "encoder/model.safetensors.index.json")
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let list = "\(empty)  model-1.safetensors\n\(abc)  model-2.safetensors\n"
    #expect(try fingerprint() == SHA256.hexadecimal(of: list))
    #expect(try EncoderFingerprint.compute(folder: encoder) == SHA256.hexadecimal(of: list))
  }

  @Test func missingWeights() throws {
    try FileManager.default.removeItem(at: weights)
    #expect(encoderError { _ = try fingerprint() }?.kind == .missing)
  }
}
