import Foundation

/// Digests of files, one small text file each, in a folder of the user's. Every failure means "not known".
struct DigestCache: Sendable {
  let folder: URL

  /// The entry for `path`: one for each path, replaced when the file there changes.
  func entry(for path: String) -> URL {
    folder.appendingPathComponent("sha256-" + SHA256.hexadecimal(of: path) + ".txt")
  }

  /// The digest stored for exactly this state of the file, or nil.
  func digest(of identity: FileIdentity) -> String? {
    guard let file = try? MappedFile(entry(for: identity.path)), file.count <= 4096 else {
      return nil
    }
    let text = file.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    guard let lines = text?.split(separator: "\n", omittingEmptySubsequences: false),
      lines.count == 4
    else { return nil }
    let digest = String(lines[1])
    // Rebuilt and compared whole, so that damage anywhere in it shows.
    guard text == Self.contents(digest, identity) else { return nil }
    return digest
  }

  /// Stores `digest`: a temporary file, then renamed, so that readers see the old entry or the new one.
  func store(_ digest: String, of identity: FileIdentity) {
    guard
      (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true))
        != nil
    else { return }
    let temporary = folder.appendingPathComponent(".sha256-\(UUID().uuidString)")
    let contents = Data(Self.contents(digest, identity).utf8)
    let isWritten = (try? contents.write(to: temporary, options: .withoutOverwriting)) != nil
    if !isWritten || rename(temporary.path, entry(for: identity.path).path) != 0 {
      unlink(temporary.path)
    }
  }

  /// Format, digest, state of the file, and the digest of these three lines.
  private static func contents(_ digest: String, _ identity: FileIdentity) -> String {
    let time = "\(identity.seconds).\(identity.nanoseconds)"
    let text = """
      enxerto-digest 1
      \(digest)
      size \(identity.size) time \(time) device \(identity.device) inode \(identity.inode)

      """
    return text + SHA256.hexadecimal(of: text + identity.path)
  }
}
