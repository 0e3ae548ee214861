public import Encoders
public import Foundation
import Kernels
package import PTuning
package import Tokenization

/// What training makes, and inference reads: prompts folded, head, labels, template.
public struct Adapter: Sendable {
  public static let configurationFile = "adapter.json"
  public static let weightsFile = "adapter.safetensors"

  public var configuration: AdapterConfiguration
  /// The file that the configuration was read from, for messages.
  package private(set) var path = Adapter.configurationFile
  package var model: FoldedModel

  package init(configuration: AdapterConfiguration, model: FoldedModel) {
    self.configuration = configuration
    self.model = model
  }

  /// The numbers in `adapter.safetensors`.
  package var valueCount: Int {
    tensors.reduce(0) { $0 + $1.values.count }
  }

  /// Reads an adapter's folder.
  ///
  /// - Throws: `AdapterError`, or `EncoderError` for a damaged `adapter.safetensors`.
  public init(folder: URL) throws {
    let configuration = try AdapterConfiguration(folder: folder)
    self.configuration = configuration
    path = folder.appendingPathComponent(Self.configurationFile).path
    model = try AdapterWeights(
      file: folder.appendingPathComponent(Self.weightsFile), configuration: configuration
    ).model()
  }

  /// The bytes of `adapter.json` and `adapter.safetensors`.
  package func files() throws -> [(name: String, contents: Data)] {
    [
      (Self.configurationFile, try configuration.json()),
      (Self.weightsFile, SafetensorsWriter.encode(tensors)),
    ]
  }

  private var tensors: [SafetensorsWriter.Tensor] { AdapterWeights.tensors(of: model) }

  /// Checks that the adapter is for what is asked of it.
  public func check(task: AdapterConfiguration.Task) throws(AdapterError) {
    guard configuration.task == task else {
      throw AdapterError(
        .mismatch, path: path, expected: "an adapter of the task \(task.rawValue)",
        found: "one of \(configuration.task.rawValue)")
    }
  }

  /// The template with the wordpieces of an encoder's tokenizer.
  package func template(tokenizer: WordpieceTokenizer) throws -> ResolvedTemplate {
    let template = try Template(
      parsing: configuration.template, fields: configuration.task.fields)
    let resolved = try ResolvedTemplate(template, tokenizer: tokenizer)
    guard resolved.softRowCount == configuration.softRowCount else {
      throw AdapterError(
        .mismatch, path: path,
        expected: "a template of \(configuration.softRowCount) soft rows",
        found: "one of \(resolved.softRowCount)")
    }
    return resolved
  }

  /// Checks that the encoder is the one that the adapter was trained on.
  ///
  /// - Parameters:
  ///   - sha256: of the encoder's weights, in hexadecimal.
  ///   - path: of the encoder's folder, for the message.
  public func check(encoder: FrozenEncoder, sha256: String, path: String) throws(AdapterError) {
    let wanted = configuration.encoder
    guard wanted.sha256 == sha256 else {
      throw AdapterError(
        .mismatch, path: path,
        expected: "the encoder that the adapter was trained on, \(wanted.name) with SHA-256 "
          + wanted.sha256,
        found: "weights with SHA-256 \(sha256)")
    }
    guard wanted.hiddenSize == encoder.configuration.hiddenSize else {
      throw AdapterError(
        .mismatch, path: path, expected: "hidden rows of \(wanted.hiddenSize) numbers",
        found: "\(encoder.configuration.hiddenSize)")
    }
    let positions = configuration.maximumRows + configuration.prompt.firstPosition
    guard positions <= encoder.configuration.maximumPositions else {
      throw AdapterError(
        .mismatch, path: path, expected: "at least \(positions) positions",
        found: "\(encoder.configuration.maximumPositions)")
    }
    guard
      (wanted.layerCount ?? encoder.configuration.layerCount) == encoder.configuration.layerCount
    else {
      throw AdapterError(
        .mismatch, path: path, expected: "\(configuration.layerCount) layers",
        found: "\(encoder.configuration.layerCount)")
    }
    let intermediate = encoder.configuration.intermediateSize
    guard (wanted.intermediateSize ?? intermediate) == intermediate else {
      throw AdapterError(
        .mismatch, path: path,
        expected: "feed-forward blocks of \(configuration.intermediateSize) numbers",
        found: "\(intermediate)")
    }
  }
}

extension AdapterConfiguration {
  /// Reads and checks `adapter.json` of an adapter's folder.
  public init(folder: URL) throws(AdapterError) {
    let url = folder.appendingPathComponent(Adapter.configurationFile)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw AdapterError(
        .missing, path: folder.path, expected: "an adapter's folder, with \(url.lastPathComponent)",
        found: FileManager.default.fileExists(atPath: folder.path) ? "none in it" : "no such folder"
      )
    }
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw AdapterError(
        .inputOutput, path: url.path, expected: "a readable file",
        found: error.localizedDescription)
    }
    // The version decides what the rest means, so it is read first.
    struct Version: Decodable { var formatVersion: Int }
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).formatVersion
      guard (1...Self.currentVersion).contains(version) else {
        throw AdapterError(
          .malformed, path: url.path, expected: "format version 1 to \(Self.currentVersion)",
          found: "\(version)")
      }
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch let error as AdapterError {
      throw error
    } catch let error as DecodingError {
      throw AdapterError(
        .malformed, path: url.path, expected: "the description of an adapter",
        found: error.place)
    } catch {
      throw AdapterError(
        .malformed, path: url.path, expected: "JSON", found: error.localizedDescription)
    }
    try check(path: url.path)
  }

  private func check(path: String) throws(AdapterError) {
    func require(_ holds: Bool, _ expected: String, _ found: String) throws(AdapterError) {
      guard holds else {
        throw AdapterError(.malformed, path: path, expected: expected, found: found)
      }
    }
    switch task {
    case .ner:
      try require(tagScheme == "bio", "tagScheme bio", tagScheme)
      try require(!labels.isEmpty, "at least one label", "none")
      try require(answering == nil, "no answering beside task ner", "it")
    case .qa:
      try require(labels.isEmpty, "no labels beside task qa", "\(labels)")
      try require(decoding != .crf, "no decoding crf beside task qa", "it")
    }
    // By bytes: strings are equal where only their normal forms differ.
    try require(
      TagSet(labels: labels).labels.map { Array($0.utf8) } == labels.map { Array($0.utf8) },
      "labels sorted and unique", "\(labels)")
    do {
      _ = try Template(parsing: template, fields: task.fields)
    } catch {
      throw AdapterError(
        .malformed, path: path,
        expected: "a template with \(task.fields.joined(separator: " and "))", found: "\(error)")
    }
    try require((0...1 << 16).contains(softRowCount), "a softRowCount", "\(softRowCount)")
    try require((1...1 << 20).contains(maximumRows), "a maximumRows", "\(maximumRows)")
    if task == .qa { try checkAnswering(path: path) }
    try require((0...1 << 10).contains(layerCount), "a layerCount", "\(layerCount)")
    try require(
      headLayers != .mix || layerCount > 0, "the encoder's layerCount beside headLayers mix",
      "none")
    try require(
      temperature.map { $0.isFinite && $0 > 0 } ?? true, "a temperature above 0",
      "\(temperature ?? 1)")
    try require(
      (0...1 << 18).contains(intermediateSize), "an intermediateSize", "\(intermediateSize)")
    try require(
      !prompt.usesBiases || layerCount > 0 && intermediateSize > 0,
      "the encoder's layerCount and intermediateSize beside usesBiases", "none")
    if let deep = prompt.deep {
      try require((1...1 << 12).contains(deep.rows), "prompt.deep.rows", "\(deep.rows)")
      try require(
        (0..<layerCount).contains(deep.firstLayer),
        "a prompt.deep.firstLayer of the encoder's \(layerCount) layers", "\(deep.firstLayer)")
    }
    try require(
      (1...1 << 16).contains(encoder.hiddenSize), "a hiddenSize", "\(encoder.hiddenSize)")
  }

  private func checkAnswering(path: String) throws(AdapterError) {
    guard let answering else {
      throw AdapterError(
        .malformed, path: path, expected: "answering beside task qa", found: "none")
    }
    for (name, range, value) in [
      ("windowRows", 1...maximumRows, answering.windowRows),
      ("stride", 0...maximumRows, answering.stride),
      ("maximumWords", 1...1 << 16, answering.maximumWords),
    ] where !range.contains(value) {
      throw AdapterError(
        .malformed, path: path,
        expected: "answering.\(name) from \(range.lowerBound) to \(range.upperBound)",
        found: "\(value)")
    }
    guard answering.nullThreshold?.isFinite ?? true else {
      throw AdapterError(
        .malformed, path: path, expected: "a number in answering.nullThreshold", found: "another")
    }
  }

  /// Readable JSON; the same configuration always gives the same bytes.
  func json() throws -> Data {
    let coder = JSONEncoder()
    coder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try coder.encode(self) + Data("\n".utf8)
  }
}

extension DecodingError {
  /// Where in the JSON something is wrong, and what.
  fileprivate var place: String {
    switch self {
    case .keyNotFound(let key, _): "no \(key.stringValue)"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): "
        + context.debugDescription
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "no valid JSON"
        : "\(context.codingPath.map(\.stringValue).joined(separator: ".")): "
          + context.debugDescription
    @unknown default: "something else"
    }
  }
}
