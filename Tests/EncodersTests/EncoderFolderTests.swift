import Foundation
import Testing

@testable import Encoders

@Suite struct EncoderFolderTests {
  let folder: TemporaryFolder
  let here: URL

  init() throws {
    folder = try TemporaryFolder()
    here = folder.url.appendingPathComponent("here")
    try FileManager.default.createDirectory(at: here, withIntermediateDirectories: true)
  }

  /// Locates with a home and without other variables; returns the path below the temporary folder.
  func locate(_ choice: String?, _ environment: [String: String] = [:]) throws -> String {
    var environment = environment
    environment["HOME"] = environment["HOME"] ?? folder.url.path + "/home"
    let found = try EncoderFolder.locate(
      choice, environment: environment, currentDirectory: here)
    let prefix = folder.url.path + "/"
    #expect(found.url.path.hasPrefix(prefix))
    return String(found.url.path.dropFirst(prefix.count))
  }

  func make(_ path: String) throws { try folder.write("{}", path + "/config.json") }

  @Test func orderWithoutAChoice() throws {
    let data = "home/.local/share/enxerto/models/all-MiniLM-L6-v2"
    try make(data)
    #expect(try locate(nil) == data)
    try make("here/models/all-MiniLM-L6-v2")
    #expect(try locate(nil) == "here/models/all-MiniLM-L6-v2")
    try make("here/models/other")
    #expect(try locate(nil, ["ENXERTO_ENCODER": "other"]) == "here/models/other")
    #expect(try locate(nil, ["ENXERTO_ENCODER": ""]) == "here/models/all-MiniLM-L6-v2")
    let path = folder.url.path + "/" + data
    #expect(try locate(nil, ["ENXERTO_ENCODER": path]) == data)
    try make("here/models/third")
    #expect(try locate("third", ["ENXERTO_ENCODER": "other"]) == "here/models/third")
  }

  @Test func dataFolderOfXDG() throws {
    try make("data/enxerto/models/x")
    try make("home/.local/share/enxerto/models/x")
    #expect(
      try locate("x", ["XDG_DATA_HOME": folder.url.path + "/data"]) == "data/enxerto/models/x")
    let home = "home/.local/share/enxerto/models/x"
    #expect(try locate("x", ["XDG_DATA_HOME": "relative/is/ignored"]) == home)
    #expect(try locate("x", ["XDG_DATA_HOME": ""]) == home)
  }

  @Test func paths() throws {
    try make("here/sub/e")
    try make("beside")
    #expect(try locate("sub/e") == "here/sub/e")
    let dotted = try locate("./sub/e/")
    #expect(dotted.hasSuffix("sub/e"))
    #expect(try locate(folder.url.path + "/beside") == "beside")
    #expect(encoderError { _ = try locate("models/e") } != nil)
    // Symbolic links are followed before "..", as the system does.
    try FileManager.default.createSymbolicLink(
      at: here.appendingPathComponent("link"),
      withDestinationURL: folder.url.appendingPathComponent("beside"))
    let up = try EncoderFolder.locate("link/../beside", environment: [:], currentDirectory: here)
    #expect(FileManager.default.fileExists(atPath: up.url.path + "/config.json"))
    #expect(up.name == "beside")
  }

  @Test func aFolderThatIsNoEncoderHidesNone() throws {
    try folder.write("{}", "here/e/adapter.json")
    #expect(try locate("e") == "here/e")
    try make("here/models/e")
    #expect(try locate("e") == "here/models/e")
  }

  @Test func errorsListThePlaces() throws {
    let error = try #require(encoderError { _ = try locate("none") })
    #expect(error.kind == .missing)
    let text = error.description
    for place in ["here/none", "here/models/none", "home/.local/share/enxerto/models/none"] {
      #expect(text.contains(folder.url.path + "/" + place), "\(text)")
    }
    #expect(text.hasPrefix("--encoder: \"none\""))
    #expect(text.contains("tools/fetch-encoder"))
    let variable = try #require(
      encoderError { _ = try locate(nil, ["ENXERTO_ENCODER": "/nowhere/x"]) })
    #expect(variable.description.hasPrefix("ENXERTO_ENCODER: \"/nowhere/x\""))
    #expect(!variable.description.contains("here/models"))
    let standard = try #require(encoderError { _ = try locate(nil) })
    #expect(standard.description.contains("models/all-MiniLM-L6-v2"))
    #expect(encoderError { _ = try locate("") }?.kind == .missing)
    #expect(encoderError { _ = try locate("a\0b") }?.kind == .missing)
    try folder.write("x", "here/file")
    #expect(encoderError { _ = try locate("file") }?.found == "a file")
    let adapter = encoderError {
      _ = try EncoderFolder.locate(
        "lost", saidBy: "adapter.json", environment: [:], currentDirectory: here)
    }
    #expect(adapter?.path == "adapter.json")
  }
}

/// The default encoder itself, where `tools/fetch-encoder` has fetched it.
@Suite struct EncoderFolderDefaultTests {
  static let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("models/" + EncoderFolder.defaultName)
  static let isHere = FileManager.default.fileExists(
    atPath: url.appendingPathComponent("model.safetensors").path)

  @Test(.enabled(if: isHere, "needs models/all-MiniLM-L6-v2: run tools/fetch-encoder"))
  func loads() throws {
    let configuration = try EncoderConfiguration(
      contentsOf: Self.url.appendingPathComponent("config.json"))
    #expect(configuration.layerCount == 6)
    #expect(configuration.hiddenSize == 384)
    #expect(configuration.headSize == 32)
    let weights = try EncoderWeights(folder: Self.url, configuration: configuration)
    #expect(weights.wordEmbeddings.shape == [30522, 384])
    #expect(weights.wordEmbeddings.isMapped)
    #expect(weights.layers.count == 6)
    // As models/registry.json pins it.
    #expect(
      try EncoderFingerprint.compute(folder: Self.url)
        == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
  }
}
