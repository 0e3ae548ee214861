public import Foundation

/// What a token may do.
public struct Identity: Hashable, Sendable {
  public enum Right: String, CaseIterable, Codable, Hashable, Sendable {
    /// Tag and ask.
    case use
    /// Load, replace and remove adapters.
    case manage
    /// Read the metrics.
    case metrics
  }

  /// A name for logs; the token itself is never written.
  public var name: String
  public var rights: Set<Right>
  /// The adapters it may use; nil: all.
  public var adapters: Set<String>?

  public init(name: String, rights: Set<Right>, adapters: Set<String>? = nil) {
    self.name = name
    self.rights = rights
    self.adapters = adapters
  }

  /// Who asks where no token is needed.
  public static let anyone = Identity(name: "anyone", rights: Set(Right.allCases))

  func may(_ right: Right) -> Bool { rights.contains(right) }
  func mayUse(adapter: String) -> Bool { adapters?.contains(adapter) ?? true }
}

/// The bearer tokens that are let in (RFC 6750), from a file:
///
///     {"tokens": [{"name": "web", "token": "…", "rights": ["use"], "adapters": ["news"]}, …]}
///
/// `rights` are `use` alone unless said; `adapters` are all unless said.
public struct AccessTokens: Sendable {
  /// Shorter ones could be guessed.
  public static let leastLength = 16

  private struct Entry: Sendable {
    let token: [UInt8]
    let identity: Identity
  }

  private struct File: Decodable {
    struct Token: Decodable {
      var name: String
      var token: String
      var rights: [Identity.Right]?
      var adapters: [String]?
    }
    var tokens: [Token]
  }

  private let entries: [Entry]

  /// - Throws: `ConfigurationFault` where the file is not as it should be, or others than its owner can read it.
  public init(file: URL) throws(ConfigurationFault) {
    let path = file.path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let data = try? Data(contentsOf: file)
    else {
      throw ConfigurationFault("\(path): expected a file of tokens, found none that can be read")
    }
    if let mode = attributes[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 {
      throw ConfigurationFault(
        "\(path): expected a file that its owner alone can read (chmod 600), found mode "
          + String(mode.intValue & 0o777, radix: 8))
    }
    let decoded: File
    do {
      decoded = try JSONDecoder().decode(File.self, from: data)
    } catch {
      throw ConfigurationFault(
        "\(path): expected {\"tokens\": [{\"name\", \"token\", …}]}, found \(error)")
    }
    var entries: [Entry] = []
    for token in decoded.tokens {
      guard token.token.utf8.count >= Self.leastLength else {
        throw ConfigurationFault(
          "\(path): token \(token.name): expected at least \(Self.leastLength) characters, found "
            + "\(token.token.utf8.count)")
      }
      entries.append(
        Entry(
          token: Array(token.token.utf8),
          identity: Identity(
            name: token.name, rights: Set(token.rights ?? [.use]),
            adapters: token.adapters.map(Set.init))))
    }
    guard !entries.isEmpty else {
      throw ConfigurationFault("\(path): expected at least one token, found none")
    }
    self.entries = entries
  }

  /// Whose token it is; nil: nobody's. Takes as long whichever token it is, and however much of it is right.
  func identity(of token: some Collection<UInt8>) -> Identity? {
    let given = Array(token)
    var found: Identity?
    for entry in entries where Self.isEqual(entry.token, given) { found = entry.identity }
    return found
  }

  /// Whether bytes are equal, in a time that depends on the first's number alone.
  static func isEqual(_ secret: [UInt8], _ given: [UInt8]) -> Bool {
    var difference = secret.count ^ given.count
    for index in secret.indices {
      // Of a shorter one some byte or other.
      let other = given.isEmpty ? 0 : given[index % given.count]
      difference |= Int(secret[index] ^ other)
    }
    return difference == 0
  }
}
