/// Something to read a corpus from.
public enum CorpusInput: Hashable, Sendable {
  case standardInput
  case file(String)
  /// Bytes at hand, under a name for messages.
  case bytes([UInt8], name: String)

  /// An argument of the command line: `-` is standard input.
  public init(argument: String) {
    self = argument == "-" ? .standardInput : .file(argument)
  }

  /// The name that messages show.
  public var name: String {
    switch self {
    case .standardInput: "standard input"
    case .file(let path): path
    case .bytes(_, let name): name
    }
  }
}
