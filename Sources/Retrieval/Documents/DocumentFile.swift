#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads the file of a document.
enum DocumentFile {
  enum Reading {
    case text(DocumentText)
    /// It is no text that can be indexed, as long as it is the same file.
    case unfit(reason: String, stamp: FileStamp)
    /// It cannot be read now.
    case unreadable(reason: String)
  }

  static func read(
    _ path: String, largest: Int = PassageIndex.largestDocument
  ) -> Reading {
    // A pipe that has taken the file's place must not hold us up.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .unreadable(reason: lastReason) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .unreadable(reason: lastReason) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .unreadable(reason: "no regular file any more")
    }
    // Taken before it is read: what is written meanwhile shows at the next update.
    let stamp = FileStamp(status).settled
    guard status.st_size <= largest else {
      return .unfit(reason: tooLong(Int(status.st_size), largest), stamp: stamp)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    if let reason = read(descriptor, into: &bytes, most: largest) {
      return .unreadable(reason: reason)
    }
    guard bytes.count <= largest else {
      return .unfit(reason: tooLong(bytes.count, largest), stamp: stamp)
    }
    if let fault = TextCheck.firstFault(in: bytes) {
      return .unfit(reason: fault.description, stamp: stamp)
    }
    return .text(DocumentText(bytes, stamp: stamp))
  }

  /// - Returns: nil, or why it cannot be read.
  private static func read(
    _ descriptor: Int32, into bytes: inout [UInt8], most: Int
  ) -> String? {
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while bytes.count <= most {
      let got = chunk.withUnsafeMutableBytes { buffer in
        #if canImport(Glibc)
          Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
          Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
          Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      if got == 0 { return nil }
      if got > 0 {
        bytes.append(contentsOf: chunk[..<got])
      } else if errno != EINTR {
        return lastReason
      }
    }
    return nil
  }

  private static func tooLong(_ count: Int, _ largest: Int) -> String {
    "\(count) bytes, more than the \(largest) that are read"
  }

  private static var lastReason: String { String(cString: strerror(errno)) }
}
