import ArgumentParser
import Encoders
import Foundation
import Inference

#if Documents
  import Retrieval
#endif

/// A folder of documents to answer from.
struct CollectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Answer from the text files in this folder, of which an index is kept.",
      valueName: "folder"))
  var documents: String?

  @Option(help: "How many passages of the documents are read for a question.")
  var passages = 10

  @Option(
    help: """
      How much the index has to say beside the reader: 0 for nothing; where a passage fits worse by one \
      unit of BM25, its answers are less likely by this power of e.
      """)
  var indexWeight = 0.5

  @Option(
    help: ArgumentHelp(
      "The index's file. (default: one for each folder, in the user's cache)", valueName: "file"))
  var index: String?

  func validate() throws {
    guard (1...1000).contains(passages) else {
      throw ValidationError("--passages: expected 1 to 1000, found \(passages)")
    }
    guard indexWeight.isFinite, indexWeight >= 0 else {
      throw ValidationError("--index-weight: expected a number of at least 0, found \(indexWeight)")
    }
    if documents?.isEmpty == true || index?.isEmpty == true {
      throw ValidationError(
        "--documents, --index: expected the name of a folder and a file, found an empty one")
    }
    if documents == nil, index != nil {
      throw ValidationError("--index: expected --documents with it, found none")
    }
  }
}

#if Documents
  extension CollectionOptions {
    /// Opens the index and brings it up to date.
    ///
    /// - Throws: `ExitCode` where it was interrupted; what is indexed is kept.
    func open(_ folder: String, common: CommonOptions) throws -> PassageIndex {
      let folder = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
        isFolder.boolValue
      else {
        throw Failure(
          .missingInput,
          "\(folder.relativePath): expected a folder of documents, found "
            + (FileManager.default.fileExists(atPath: folder.path) ? "a file" : "none"))
      }
      let index = try PassageIndex(at: url(of: folder))
      let interruption = Interruption()
      let isTerminal = StandardError.isTerminal && !common.quiet
      var (done, toRead) = (0, 0)
      func shown() {
        guard isTerminal else { return }
        StandardError.put("\r\u{1B}[Kindexing: \(done) of \(toRead) documents")
      }
      let summary = try index.update(
        folder: folder, patience: .seconds(60), shouldStop: { interruption.isRequested }
      ) { event in
        switch event {
        case .surveyed(_, let count): toRead = count
        case .added, .changed:
          done += 1
          shown()
        case .removed: break
        case .skipped(let path, let reason):
          if isTerminal { StandardError.put("\r\u{1B}[K") }
          common.warn("\(path): not indexed: \(reason)")
        }
      }
      if isTerminal, toRead > 0 { StandardError.put("\r\u{1B}[K") }
      guard summary.isComplete else {
        StandardError.write("enxerto: interrupted; the same command goes on with the index")
        throw ExitCode(130)
      }
      guard summary.documents > 0 else {
        throw Failure(
          .badData,
          "\(folder.relativePath): expected text files (.txt, .md, .rst or without an ending), found none"
        )
      }
      if summary.added + summary.changed + summary.removed > 0 {
        common.say(
          "index: \(summary.documents) documents, \(summary.passages) passages "
            + "(\(summary.added) new, \(summary.changed) changed, \(summary.removed) removed)")
      }
      return index
    }

    /// Where the index of a folder is.
    private func url(of folder: URL) throws -> URL {
      if let index { return URL(fileURLWithPath: index) }
      guard let cache = UserFolders.cache(environment: Surroundings.environment) else {
        throw ValidationError(
          "--index: expected a file, as there is neither XDG_CACHE_HOME nor HOME, found none")
      }
      let indexes = cache.appendingPathComponent("documents", isDirectory: true)
      do {
        // The documents' texts are in it.
        try FileManager.default.createDirectory(
          at: indexes, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw Failure(
          .inputOutput,
          "\(indexes.path): expected a folder for the index (--index FILE names another place), found "
            + error.localizedDescription)
      }
      let name = SHA256.hexadecimal(of: folder.resolvingSymlinksInPath().path)
      return indexes.appendingPathComponent(name + ".sqlite")
    }
  }
#endif
