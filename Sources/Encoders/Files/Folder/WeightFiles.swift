import Foundation

/// The safetensors files of an encoder's folder: `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names.
struct WeightFiles {
  /// What error messages call the source: the file, or the index of the shards.
  let path: String
  private let files: [SafetensorsFile]
  /// For each tensor, the index of its file; nil where there is one file.
  private let shards: [String: Int]?

  /// Maps the folder's weights and checks their headers.
  init(folder: URL) throws(EncoderError) {
    let location = try Self.locate(in: folder)
    switch location {
    case .single(let url):
      files = [try SafetensorsFile(mapping: url)]
      shards = nil
      path = url.path
    case .sharded(let index, let fileOfTensor):
      var files: [SafetensorsFile] = []
      var indexOfFile: [String: Int] = [:]
      for name in location.fileNames {
        indexOfFile[name] = files.count
        files.append(try SafetensorsFile(mapping: folder.appendingPathComponent(name)))
      }
      self.files = files
      shards = fileOfTensor.compactMapValues { indexOfFile[$0] }
      path = index.path
    }
  }

  /// The names of all tensors, in no particular order.
  var names: [String] {
    if let shards { Array(shards.keys) } else { files.flatMap(\.names) }
  }

  /// The file that holds `name`, or nil if none does.
  func file(of name: String) -> SafetensorsFile? {
    guard let shards else { return files.first { $0.contains(name) } }
    return shards[name].map { files[$0] }
  }

  enum Location {
    case single(URL)
    /// The index and, for each tensor, the name of its file.
    case sharded(index: URL, fileOfTensor: [String: String])

    /// The weight files, names in ascending order.
    var fileNames: [String] {
      switch self {
      case .single(let url): [url.lastPathComponent]
      case .sharded(_, let fileOfTensor): Set(fileOfTensor.values).sorted()
      }
    }
  }

  /// Finds the weights without opening them.
  static func locate(in folder: URL) throws(EncoderError) -> Location {
    let single = folder.appendingPathComponent("model.safetensors")
    let index = folder.appendingPathComponent("model.safetensors.index.json")
    let manager = FileManager.default
    if manager.fileExists(atPath: single.path) { return .single(single) }
    if manager.fileExists(atPath: index.path) {
      return .sharded(index: index, fileOfTensor: try shardNames(index))
    }
    let pickled = ["pytorch_model.bin", "pytorch_model.bin.index.json"]
    if let name = pickled.first(where: {
      manager.fileExists(atPath: folder.appendingPathComponent($0).path)
    }) {
      throw EncoderError(
        .missing, path: single.path, expected: "the encoder's weights", found: "only \(name)",
        advice:
          "convert it in Python: AutoModel.from_pretrained(folder).save_pretrained(folder, "
          + "safe_serialization=True)")
    }
    throw EncoderError(
      .missing, path: single.path, expected: "the encoder's weights", found: "no such file",
      advice: "tools/fetch-encoder fetches them")
  }

  private struct Index: Decodable {
    var weightMap: [String: String]

    enum CodingKeys: String, CodingKey {
      case weightMap = "weight_map"
    }
  }

  private static func shardNames(_ index: URL) throws(EncoderError) -> [String: String] {
    let names = try JSONFile.decode(
      Index.self, from: index, expected: "a JSON object with weight_map"
    ).weightMap
    guard !names.isEmpty else {
      throw EncoderError(
        .malformed, path: index.path, place: "weight_map", expected: "the files of the tensors",
        found: "none")
    }
    for name in names.values {
      // Names only: an index must not reach outside its folder.
      let isPlain = !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
      guard isPlain, name.hasSuffix(".safetensors") else {
        throw EncoderError(
          .malformed, path: index.path, place: "weight_map",
          expected: "names of .safetensors files beside it", found: EncoderError.quoted(name))
      }
    }
    return names
  }
}
