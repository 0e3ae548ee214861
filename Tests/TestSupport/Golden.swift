import Encoders
package import Foundation
package import Kernels

/// A safetensors file of golden values.
package struct Golden: Sendable {
  private let file: SafetensorsFile

  /// Values of prompt reparameterizations and optimisers, described at the top of
  /// tools/golden/prompts.py.
  package static func prompts() throws -> Golden {
    try Golden(
      packageRoot.appendingPathComponent(
        "Tests/PTuningTests/Fixtures/prompts-golden.safetensors"))
  }

  package init(_ url: URL) throws { file = try SafetensorsFile(mapping: url) }

  package var names: [String] { file.names }

  package func values(_ name: String) throws -> [Float] { try file.tensor(name).values }

  package func scalar(_ name: String) throws -> Float {
    let tensor = try file.tensor(name, shape: [1])
    return tensor.values[0]
  }

  /// A vector is one row; of more than two dimensions all but the last are rows.
  package func matrix(_ name: String) throws -> Matrix {
    let tensor = try file.tensor(name)
    let columns = tensor.shape.last ?? 1
    return Matrix(
      rows: tensor.count / max(1, columns), columns: columns, values: tensor.values)
  }
}

/// A folder of Tests/EncodersTests/Fixtures.
package func tinyEncoderFolder(_ name: String = "tiny-uncased-gelu") -> URL {
  packageRoot.appendingPathComponent("Tests/EncodersTests/Fixtures/\(name)")
}
