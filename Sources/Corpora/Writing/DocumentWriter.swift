/// Writes documents one after another into one stream of bytes.
public protocol DocumentWriter: Sendable {
  /// What stands before the first document.
  var prologue: [UInt8] { get }

  /// One document.
  ///
  /// - Throws: `CorpusError` for what the format cannot hold.
  func bytes(of document: Document) throws(CorpusError) -> [UInt8]

  /// What stands after the last document.
  var epilogue: [UInt8] { get }
}

extension DocumentWriter {
  public var prologue: [UInt8] { [] }
  public var epilogue: [UInt8] { [] }
}

/// Writes formats that have a file, or several, for each document.
public protocol DocumentFilesWriter: Sendable {
  /// The files of one document.
  ///
  /// - Parameter stem: what the files' names begin with, without an extension.
  /// - Throws: `CorpusError` for what the format cannot hold.
  func files(of document: Document, stem: String) throws(CorpusError) -> [CorpusFile]

  /// Files that a folder has once, whatever its documents are.
  var companions: [CorpusFile] { get }
}

extension DocumentFilesWriter {
  public var companions: [CorpusFile] { [] }
}

/// A file to write.
public struct CorpusFile: Hashable, Sendable {
  /// With its extension, without a folder.
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
