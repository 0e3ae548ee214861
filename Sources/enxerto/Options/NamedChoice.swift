import ArgumentParser
import Corpora

/// What an option can be that has a name for each choice.
protocol NamedChoice: CaseIterable, RawRepresentable<String> {
  init?(name: String)
}

extension NamedChoice {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  init?(name: String) { self.init(rawValue: name) }

  /// - Throws: a usage error that names the option.
  init(option: String, _ name: String) throws {
    guard let choice = Self(name: name) else {
      throw ValidationError("\(option): expected \(Self.names), found \(name)")
    }
    self = choice
  }
}

extension CorpusFormat: NamedChoice {}
extension Nesting: NamedChoice {}
extension OutputFormat: NamedChoice {}
extension TagScheme: NamedChoice {}
