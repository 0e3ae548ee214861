package import Encoders
import Foundation
package import Kernels

/// A file of golden values for deep prompts (tools/golden/deep_prompts.py).
package struct DeepGolden: Sendable {
  /// One golden case.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    package let input: EncoderInput
    /// What the values below speak of.
    package let rows: [Int]
    /// The embedding's output and each layer's, [rows, hidden]; empty where only `hidden` is there.
    package let states: [Matrix]
    package let hidden: Matrix
    /// The mix of the states, where the loss is of the mix.
    package let mixed: Matrix?
    package let upstream: Matrix?
    /// By the name behind `gradient.`; that of the input rows has none.
    package let gradients: [String: Matrix]
  }

  /// The parameters: a matrix [N, hidden] for each layer.
  package let keys: [Matrix]
  package let values: [Matrix]
  /// [shapes, hidden], [soft rows, hidden] and [1, layers + 1]; empty where the file has none.
  package let shapes: Matrix
  package let soft: Matrix
  package let mixWeights: Matrix
  package let mixScale: Float
  package let cases: [Case]

  package init(_ name: String) throws {
    let url = packageRoot.appendingPathComponent(
      "Tests/EncodersTests/Fixtures/\(name).deep.golden.safetensors")
    let golden = try Golden(url)
    let names = Set(golden.names)
    func optional(_ name: String) throws -> Matrix? {
      try names.contains(name) ? golden.matrix(name) : nil
    }
    func integers(_ name: String) throws -> [Int] { try golden.values(name).map { Int($0) } }
    let count = try SafetensorsFile(mapping: url).shape(of: "keys")?.first ?? 0
    keys = Self.split(try golden.matrix("keys"), count)
    values = Self.split(try golden.matrix("values"), count)
    shapes = try optional("shapes") ?? Matrix()
    soft = try optional("soft") ?? Matrix()
    mixWeights = try optional("mix.weights") ?? Matrix()
    mixScale = try optional("mix.scale")?[0, 0] ?? 1

    var cases: [Case] = []
    while names.contains("case\(cases.count).ids") {
      let prefix = "case\(cases.count)."
      let ids = try integers(prefix + "ids")
      let segments = try integers(prefix + "segments")
      let shapes = try integers(prefix + "shapes")
      var input = EncoderInput(firstPosition: try integers(prefix + "first")[0])
      var start = 0
      for length in try integers(prefix + "lengths") {
        let rows = start..<start + length
        input.append(
          rows: ids[rows].map { $0 < 0 ? .soft(-1 - $0) : .wordpiece(Int32($0)) },
          segments: segments[rows].map { UInt8($0) }, shapes: shapes[rows].map { UInt8($0) })
        start += length
      }
      let states = try optional(prefix + "states").map { Self.split($0, count + 1) } ?? []
      var gradients: [String: Matrix] = [:]
      for name in names where name.hasPrefix(prefix + "gradient") {
        let parameter = name.dropFirst((prefix + "gradient").count).drop { $0 == "." }
        gradients[String(parameter)] = try golden.matrix(name)
      }
      cases.append(
        Case(
          description: "\(name) case \(cases.count)", input: input,
          rows: try integers(prefix + "rows"),
          states: states, hidden: try states.last ?? golden.matrix(prefix + "hidden"),
          mixed: try optional(prefix + "mixed"), upstream: try optional(prefix + "upstream"),
          gradients: gradients))
    }
    self.cases = cases
  }

  /// `count` matrices of as many rows, from one above the other.
  private static func split(_ matrix: Matrix, _ count: Int) -> [Matrix] {
    let size = matrix.values.count / max(1, count)
    return (0..<count).map {
      Matrix(
        rows: matrix.rows / count, columns: matrix.columns,
        values: Array(matrix.values[$0 * size..<($0 + 1) * size]))
    }
  }

  /// The parameters as the encoder takes them.
  package var prompts: EncoderPrompts {
    EncoderPrompts(
      soft: soft, deep: zip(keys, values).map { Attention.Prefix(keys: $0, values: $1) },
      shapes: shapes)
  }
}

extension DoubleMatrix {
  /// The given rows, one above the other.
  package func rows(_ chosen: [Int]) -> DoubleMatrix {
    DoubleMatrix(rows: chosen.count, columns: columns, values: chosen.flatMap(row))
  }
}
