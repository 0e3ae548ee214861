/// Something to read a corpus from.
public enum CorpusInput: Hashable, Sendable {
  case standardInput
  case file(String)
  /// A file that stands for an input of another name.
  case copy(path: String, name: String)
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
    case .copy(_, let name): name
    case .bytes(_, let name): name
    }
  }
}
