import ArgumentParser
import Corpora

/// How the tags of CoNLL become the spans that are compared.
enum ScoringRules {
  /// As the script of the CoNLL shared tasks counts.
  case conlleval
  /// As `seqeval` counts unless told to be strict.
  case seqeval
  /// As corpora are read: a slip in a tag does not cost the span.
  case repairing
  /// Only spans written as the scheme asks, as `seqeval` counts in strict mode.
  case strict(StrictScheme)

  static var names: String {
    "conll (or conlleval), seqeval, repairing, "
      + StrictScheme.allCases.map { "strict-\($0.rawValue)" }.joined(separator: ", ")
  }

  /// What the figures are known by.
  var name: String {
    switch self {
    case .conlleval: "conlleval"
    case .seqeval: "seqeval"
    case .repairing: "repairing"
    case .strict(let scheme): "strict-\(scheme.rawValue)"
    }
  }

  /// - Throws: a usage error.
  init(option: String, _ name: String) throws {
    let lowered = name.lowercased()
    switch lowered {
    case "conll", "conlleval": self = .conlleval
    case "seqeval": self = .seqeval
    case "repairing": self = .repairing
    default:
      guard lowered.hasPrefix("strict-"),
        let scheme = StrictScheme(name: String(lowered.dropFirst("strict-".count)))
      else { throw ValidationError("\(option): expected \(Self.names), found \(name)") }
      self = .strict(scheme)
    }
  }
}
