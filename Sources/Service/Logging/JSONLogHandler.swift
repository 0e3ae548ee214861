import Corpora
import Foundation
public import Logging

/// Writes each entry of the log as a line of JSON: `time` (RFC 3339, UTC), `level`, `message`, and the entry's metadata.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level = .info
  private let write: @Sendable ([UInt8]) -> Void

  /// - Parameter write: takes a line, its end included; from many threads.
  public init(write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

  /// To standard error, a line at a time.
  public static func standardError() -> JSONLogHandler {
    JSONLogHandler { line in try? FileHandle.standardError.write(contentsOf: Data(line)) }
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    var line = Array("{\"time\":\"\(time)\"".utf8)
    line += ",\"level\":\"\(event.level.rawValue)\",\"message\":".utf8
    JSONText.append("\(event.message)", to: &line)
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line.append(UInt8(ascii: ","))
      JSONText.append(Self.names[key] ?? key, to: &line)
      line.append(UInt8(ascii: ":"))
      if case .stringConvertible(let number as Int) = value {
        line += "\(number)".utf8
      } else {
        JSONText.append("\(value)", to: &line)
      }
    }
    line += "}\n".utf8
    write(line)
  }

  /// Members that have a better name here than where they come from.
  private static let names = ["hb.request.id": "request"]
}
