import ArgumentParser
import Corpora

/// How the tags of CoNLL become the spans that are compared.
enum ScoringRules {
  /// As the script of the CoNLL shared tasks counts.
  case conlleval
  /// As corpora are read: a slip in a tag does not cost the span.
  case repairing
  /// Only spans written as the scheme asks, as `seqeval` counts in strict mode.
  case strict(TagScheme)

  static var names: String {
    "conlleval, repairing, "
      + TagScheme.allCases.map { "strict-\($0.rawValue)" }
      .joined(separator: ", ")
  }

  /// - Throws: a usage error.
  init(option: String, _ name: String) throws {
    let lowered = name.lowercased()
    if lowered == "conlleval" {
      self = .conlleval
    } else if lowered == "repairing" {
      self = .repairing
    } else if lowered.hasPrefix("strict-"),
      let scheme = TagScheme(name: String(lowered.dropFirst("strict-".count)))
    {
      self = .strict(scheme)
    } else {
      throw ValidationError("\(option): expected \(Self.names), found \(name)")
    }
  }
}
