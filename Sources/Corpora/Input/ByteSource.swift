#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of one input, in chunks as they arrive: a pipe's bytes come as soon as the other
/// side writes them.
public final class ByteSource {
  /// The input's name in messages.
  public let name: String
  private let descriptor: Int32?
  private let closesDescriptor: Bool
  private let chunkSize: Int
  private var waiting: [UInt8]

  /// - Throws: `CorpusError` if the file is not there or cannot be opened.
  public init(_ input: CorpusInput, chunkSize: Int = 1 << 18) throws(CorpusError) {
    name = input.name
    self.chunkSize = chunkSize
    waiting = []
    switch input {
    case .bytes(let bytes, _):
      descriptor = nil
      closesDescriptor = false
      waiting = bytes
    case .standardInput:
      descriptor = STDIN_FILENO
      closesDescriptor = false
    case .file(let path), .copy(let path, _):
      let opened = open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else {
        let code = errno
        let isMissing = code == ENOENT || code == ENOTDIR
        throw CorpusError(
          isMissing ? .missing : .unreadable, file: path, expected: "a file to read",
          found: isMissing ? "none" : Self.message(code))
      }
      descriptor = opened
      closesDescriptor = true
    }
  }

  deinit {
    if closesDescriptor, let descriptor { close(descriptor) }
  }

  /// The next bytes, or nil at the end.
  public func next() throws(CorpusError) -> [UInt8]? {
    if !waiting.isEmpty {
      defer { waiting = [] }
      return waiting
    }
    return try readChunk()
  }

  /// Whether `next` would return at once; true at the end and where the system cannot tell.
  public var isReady: Bool {
    guard waiting.isEmpty, let descriptor else { return true }
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, 0) != 0
  }

  /// The first bytes, without taking them: at least `count`, or all there are.
  public func sample(_ count: Int) throws(CorpusError) -> (bytes: [UInt8], isWhole: Bool) {
    while waiting.count < count {
      guard let chunk = try readChunk() else { return (waiting, true) }
      waiting += chunk
    }
    return (waiting, false)
  }

  private func readChunk() throws(CorpusError) -> [UInt8]? {
    guard let descriptor else { return nil }
    var code: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
      repeat {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        code = got < 0 ? errno : 0
        count = max(got, 0)
      } while code == EINTR
    }
    guard code == 0 else {
      throw CorpusError(
        .unreadable, file: name, expected: "a file to read",
        found: code == EISDIR ? "a folder" : Self.message(code))
    }
    return chunk.isEmpty ? nil : chunk
  }

  private static func message(_ code: Int32) -> String {
    String(cString: strerror(code))
  }
}
