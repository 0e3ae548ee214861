public import Foundation

/// The folder that holds Package.swift.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The folder of the default encoder, where `tools/fetch-encoder` has laid it.
public let realEncoder: URL? = {
  let folder = packageRoot.appendingPathComponent("models/all-MiniLM-L6-v2")
  let weights = folder.appendingPathComponent("model.safetensors")
  return FileManager.default.fileExists(atPath: weights.path) ? folder : nil
}()

/// The folder of real corpora, `ENXERTO_CORPORA` or `../shared/corpora` beside the package.
public let realCorpora: URL? = {
  let named = ProcessInfo.processInfo.environment["ENXERTO_CORPORA"].map {
    URL(fileURLWithPath: $0)
  }
  let folder = named ?? packageRoot.appendingPathComponent("../shared/corpora").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()
