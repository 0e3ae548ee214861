#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A document's file in a folder.
struct WalkedFile: Sendable {
  /// In the folder, `/` between names.
  let path: String
  let stamp: FileStamp
}

/// Finds the documents of a folder.
struct FolderWalk {
  let folder: String
  /// What is passed over in silence.
  let except: Set<FileIdentity>
  /// In order of their paths' bytes.
  private(set) var files: [WalkedFile] = []
  /// Files that are no documents.
  private(set) var ignored = 0
  /// What could not be looked at, and why.
  private(set) var problems: [(path: String, reason: String)] = []
  /// Folders that could not be read, `/` at their ends.
  private var unreadable: [String] = []
  /// Folders to be read.
  private var waiting: [String] = []

  init(folder: String, except: Set<FileIdentity>) {
    self.folder = folder
    self.except = except
  }

  /// Whether a document may be there although it was not found: in a folder that cannot be read.
  func isHidden(_ path: String) -> Bool {
    unreadable.contains { path.utf8.starts(with: $0.utf8) }
  }

  /// - Returns: false if it was stopped.
  /// - Throws: `RetrievalError` where the folder itself cannot be read.
  mutating func run(shouldStop: () -> Bool) throws(RetrievalError) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0 else {
      let reason = errno
      throw RetrievalError(
        reason == ENOENT || reason == ENOTDIR ? .missing : .inputOutput, path: folder,
        expected: "a folder of documents",
        found: reason == ENOENT ? "none" : String(cString: strerror(reason)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw RetrievalError(
        .malformed, path: folder, expected: "a folder of documents", found: "a file")
    }
    if let reason = read("") {
      throw RetrievalError(
        .inputOutput, path: folder, expected: "a folder that can be read", found: reason)
    }
    while let next = waiting.popLast() {
      if shouldStop() { return false }
      if let reason = read(next) {
        unreadable.append(next)
        problems.append((String(next.dropLast()), reason))
      }
    }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    problems.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return true
  }

  /// Looks at what is in one folder: "" or a path that ends with `/`.
  ///
  /// - Returns: nil, or why it could not be read.
  private mutating func read(_ prefix: String) -> String? {
    guard let stream = opendir(folder + "/" + prefix) else {
      return String(cString: strerror(errno))
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        return errno == 0 ? nil : String(cString: strerror(errno))
      }
      guard let name = Self.name(of: entry) else {
        let shown = prefix + Self.shownName(of: entry)
        problems.append((shown, "its name is not UTF-8"))
        continue
      }
      if name.utf8.first != UInt8(ascii: ".") { look(at: name, in: prefix) }
    }
  }

  private mutating func look(at name: String, in prefix: String) {
    let path = prefix + name
    var status = stat()
    guard lstat(folder + "/" + path, &status) == 0 else {
      // One that went away meanwhile never was there.
      if errno != ENOENT { problems.append((path, String(cString: strerror(errno)))) }
      return
    }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if isLink, stat(folder + "/" + path, &status) != 0 {
      if Self.isDocument(name) {
        problems.append((path, "a link to what is not there"))
      } else {
        ignored += 1
      }
      return
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      if !isLink { waiting.append(path + "/") }
    } else if except.contains(FileIdentity(status)) {
      return
    } else if status.st_mode & S_IFMT == S_IFREG, Self.isDocument(name) {
      files.append(WalkedFile(path: path, stamp: FileStamp(status)))
    } else {
      ignored += 1
    }
  }

  // MARK: Names

  /// Endings of documents' names, in small letters.
  private static let endings: Set<String> = ["", "txt", "text", "md", "markdown", "rst"]

  private static func isDocument(_ name: String) -> Bool {
    guard let stop = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return true }
    return endings.contains(String(name[name.utf8.index(after: stop)...]).lowercased())
  }

  /// The name of an entry; nil where it is not UTF-8.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
    guard let start = start(of: entry) else { return nil }
    return String(validatingCString: start)
  }

  private static func shownName(of entry: UnsafeMutablePointer<dirent>) -> String {
    start(of: entry).map { String(cString: $0) } ?? "?"
  }

  private static func start(of entry: UnsafeMutablePointer<dirent>) -> UnsafePointer<CChar>? {
    // Not by way of the tuple: an entry may end before it does.
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    return (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
  }
}
