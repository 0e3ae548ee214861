import Foundation

@testable import Encoders

/// A folder of a test's own, removed when the last reference goes.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-files-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ data: Data, _ name: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file
  }

  @discardableResult
  func write(_ text: String, _ name: String) throws -> URL { try write(Data(text.utf8), name) }
}

/// A safetensors file of this header and data, whatever they say.
func rawSafetensors(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> Data {
  var bytes = Data()
  let count = length ?? UInt64(header.utf8.count)
  withUnsafeBytes(of: count.littleEndian) { bytes.append(contentsOf: $0) }
  bytes.append(contentsOf: header.utf8)
  bytes.append(contentsOf: data)
  return bytes
}

/// The error that `body` throws, or nil.
func encoderError(_ body: () throws -> Void) -> EncoderError? {
  do {
    try body()
    return nil
  } catch {
    return error as? EncoderError
  }
}
