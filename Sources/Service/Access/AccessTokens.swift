import Corpora
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

    /// A member that is misspelt would give more than was meant: nothing unknown is let pass.
    init(_ value: JSONValue, place: String) throws(ConfigurationFault) {
      func fault(_ expected: String, _ found: String) -> ConfigurationFault {
        ConfigurationFault("\(place): expected \(expected), found \(found)")
      }
      guard case .object(let members) = value else { throw fault("an object", value.kind) }
      let known: Set = ["name", "token", "rights", "adapters"]
      let names = members.map(\.key)
      guard Set(names).count == names.count, known.isSuperset(of: names) else {
        throw fault(
          "name, token, rights and adapters, each once", names.joined(separator: ", "))
      }
      guard let name = value["name"]?.string, let token = value["token"]?.string else {
        throw fault("texts in name and token", "another")
      }
      guard token.utf8.count >= AccessTokens.leastLength else {
        throw fault(
          "a token of at least \(AccessTokens.leastLength) bytes", "\(token.utf8.count)")
      }
      var rights: Set<Identity.Right> = [.use]
      if let given = value["rights"] {
        let known = given.array?.map { $0.string.flatMap(Identity.Right.init) } ?? [nil]
        rights = Set(known.compactMap { $0 })
        guard known.allSatisfy({ $0 != nil }) else {
          let all = Identity.Right.allCases.map(\.rawValue).joined(separator: ", ")
          throw fault("a list of \(all) in rights", "another")
        }
      }
      var adapters: Set<String>?
      if let given = value["adapters"] {
        let names = given.array?.map { $0.string.flatMap { AdapterName.isValid($0) ? $0 : nil } }
        guard let names, names.allSatisfy({ $0 != nil }) else {
          throw fault("a list of adapters' names in adapters", "another")
        }
        adapters = Set(names.compactMap { $0 })
      }
      self.token = Array(token.utf8)
      identity = Identity(name: name, rights: rights, adapters: adapters)
    }
  }

  private let entries: [Entry]

  /// - Throws: `ConfigurationFault` where the file is not as it should be, or others than its owner can read it.
  public init(file: URL) throws(ConfigurationFault) {
    let path = file.path
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if let mode = attributes?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 {
      throw ConfigurationFault(
        "\(path): expected a file that its owner alone can read (chmod 600), found mode "
          + String(mode.intValue & 0o777, radix: 8))
    }
    let value = try ConfigurationFile.read(file)
    guard case .object(let members) = value, members.count == 1,
      let tokens = value["tokens"]?.array
    else {
      throw ConfigurationFault(
        "\(path): expected {\"tokens\": […]} and nothing else, found another")
    }
    var entries: [Entry] = []
    for (number, token) in tokens.enumerated() {
      let entry = try Entry(token, place: "\(path): tokens[\(number)]")
      guard !entries.contains(where: { $0.token == entry.token }) else {
        throw ConfigurationFault(
          "\(path): tokens[\(number)]: expected each token once, found one again")
      }
      entries.append(entry)
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
