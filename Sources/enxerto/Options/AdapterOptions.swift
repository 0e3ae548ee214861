import ArgumentParser
import Encoders
import Foundation
import Tasks

/// Which adapter, and the encoder that it was trained on.
struct AdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the adapter, as training saved it.", valueName: "folder"))
  var adapter: String

  @Option(
    help: ArgumentHelp(
      "The encoder: a folder, or a name under models/; the adapter remembers it.",
      valueName: "encoder"))
  var encoder: String?

  /// Reads the adapter, finds its encoder and checks that they belong together.
  func load(
    arithmetic: ArithmeticOptions, common: CommonOptions
  ) throws -> (Adapter, LoadedEncoder) {
    try Self.load(adapter: adapter, encoder: encoder, arithmetic: arithmetic, common: common)
  }

  /// The same, for commands that do without an adapter as well.
  static func load(
    adapter: String, encoder choice: String?, arithmetic: ArithmeticOptions, common: CommonOptions
  ) throws -> (Adapter, LoadedEncoder) {
    let folder = URL(fileURLWithPath: adapter, isDirectory: true)
    let loaded = try Adapter(folder: folder)
    let encoder = try LoadedEncoder(
      folder: loaded.configuration.encoder.locate(
        choice: choice, environment: Surroundings.environment,
        currentDirectory: Surroundings.currentDirectory),
      arithmetic: arithmetic.arithmetic(usual: loaded.configuration.precision, common: common))
    try loaded.check(
      encoder: encoder.encoder, sha256: encoder.sha256, path: encoder.folder.url.path)
    return (loaded, encoder)
  }
}
