import Foundation
import Retrieval

/// A temporary folder with documents and, beside them, an index; removed when this goes away.
final class DocumentFolder {
  let place: URL
  let documents: URL
  let index: URL

  init() throws {
    place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "retrieval-\(UUID().uuidString)")
    documents = place.appendingPathComponent("documents")
    index = place.appendingPathComponent("index")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: place) }

  func url(_ path: String) -> URL { documents.appendingPathComponent(path) }

  func write(_ path: String, _ text: String) throws { try write(path, bytes: Array(text.utf8)) }

  func write(_ path: String, bytes: [UInt8]) throws {
    let url = url(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    // In place, so that the inode stays.
    if let handle = FileHandle(forWritingAtPath: url.path) {
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(bytes))
      try handle.close()
    } else {
      try Data(bytes).write(to: url)
    }
  }

  func remove(_ path: String) throws { try FileManager.default.removeItem(at: url(path)) }

  func move(_ path: String, to other: String) throws {
    try FileManager.default.moveItem(at: url(path), to: url(other))
  }

  /// Updates the index; what it did, and what it told.
  @discardableResult func update(
    shouldStop: () -> Bool = { false }
  ) throws -> (summary: UpdateSummary, events: [UpdateEvent]) {
    var events: [UpdateEvent] = []
    let summary = try PassageIndex(at: index).update(
      folder: documents, shouldStop: shouldStop, report: { events.append($0) })
    return (summary, events)
  }

  /// The documents that a question finds, the best first.
  func find(_ question: String, limit: Int = 10) throws -> [String] {
    try PassageIndex(at: index).search(question, limit: limit).map(\.document)
  }

  /// What was skipped, and why.
  static func skipped(_ events: [UpdateEvent]) -> [String: String] {
    var skipped: [String: String] = [:]
    for case .skipped(let path, let reason) in events { skipped[path] = reason }
    return skipped
  }
}

/// A part of a text, by Unicode scalars.
func scalars(_ text: String, _ range: Range<Int>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: Array(text.unicodeScalars)[range])
  return String(view)
}

/// Equal scalar by scalar.
func isSame(_ a: String, _ b: String) -> Bool { a.unicodeScalars.elementsEqual(b.unicodeScalars) }
