import Foundation

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

extension CorpusInput {
  /// The inputs with folders opened: of a folder with `.ann` files these alone, of any other all
  /// its files, in order of their names. Of brat's two files of one document the annotations are
  /// kept, its configuration is left out.
  ///
  /// - Throws: `CorpusError` for a folder that cannot be read and for one without files.
  public static func expanded(_ inputs: [CorpusInput]) throws(CorpusError) -> [CorpusInput] {
    var files: [CorpusInput] = []
    for input in inputs {
      guard case .file(let path) = input, let names = try names(inFolder: path) else {
        files.append(input)
        continue
      }
      let annotations = names.filter { BratFiles($0).map { !$0.isText } ?? false }
      // A CAS comes with the type system that it is read by.
      let chosen =
        annotations.isEmpty
        ? names.filter { !$0.namesTypeSystem }
        : annotations
      guard !chosen.isEmpty else {
        throw CorpusError(.empty, file: path, expected: "a folder with files", found: "none")
      }
      let folder = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
      files += chosen.map { .file(folder + $0) }
    }
    let stems = Set(
      files.compactMap { file -> [UInt8]? in
        guard let pair = BratFiles(file.name), !pair.isText else { return nil }
        return Array(pair.stem.utf8)
      })
    guard !stems.isEmpty else { return files }
    return files.filter { file in
      guard case .file(let path) = file else { return true }
      if BratFiles.isConfiguration(path) { return false }
      return !(BratFiles(path).map { $0.isText && stems.contains(Array($0.stem.utf8)) } ?? false)
    }
  }

  /// The names of a folder's files, those that begin with a dot and folders left out; nil for
  /// what is no folder.
  private static func names(inFolder path: String) throws(CorpusError) -> [String]? {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return nil }
    let all: [String]
    do {
      all = try manager.contentsOfDirectory(atPath: path)
    } catch {
      throw CorpusError(
        .unreadable, file: path, expected: "a folder to read", found: error.localizedDescription)
    }
    return all.filter { name in
      var isFolder: ObjCBool = false
      return name.utf8.first != UInt8(ascii: ".")
        && manager.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension String {
  /// Whether a file of that name holds the types of a CAS: `TypeSystem.xml`, `a.TypeSystem.xml`.
  fileprivate var namesTypeSystem: Bool {
    utf8.suffix(14).elementsEqual("TypeSystem.xml".utf8)
      && (utf8.count == 14 || utf8.dropLast(14).last == UInt8(ascii: "."))
  }
}
