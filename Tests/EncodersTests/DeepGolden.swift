import Encoders
import Foundation
import Kernels
import TestSupport

/// A file of golden values for deep prompts (tools/golden/deep_prompts.py).
struct DeepGolden {
  /// One golden case.
  struct Case: CustomStringConvertible {
    let description: String
    let input: EncoderInput
    /// Of each row; 0 is none.
    let shapes: [Int]
    let firstPosition: Int
    /// What the values below speak of.
    let rows: [Int]
    /// The embedding's output and each layer's, [rows, hidden]; empty where only `hidden` is there.
    let states: [Matrix]
    let hidden: Matrix
    /// The mix of the states, where the loss is of the mix.
    let mixed: Matrix?
    let upstream: Matrix?
    /// By the name behind `gradient.`; that of the input rows has none.
    let gradients: [String: Matrix]
  }

  /// The parameters: a matrix [N, hidden] for each layer.
  let keys: [Matrix]
  let values: [Matrix]
  /// [shapes, hidden], [soft rows, hidden] and [1, layers + 1]; empty where the file has none.
  let shapes: Matrix
  let soft: Matrix
  let mixWeights: Matrix
  let mixScale: Float
  let cases: [Case]

  init(_ name: String) throws {
    let golden = try Golden(FrozenEncoderTests.fixture("\(name).deep.golden.safetensors"))
    let names = Set(golden.names)
    func optional(_ name: String) throws -> Matrix? {
      try names.contains(name) ? golden.matrix(name) : nil
    }
    func integers(_ name: String) throws -> [Int] { try golden.values(name).map { Int($0) } }
    let file = try SafetensorsFile(
      mapping: FrozenEncoderTests.fixture("\(name).deep.golden.safetensors"))
    let count = file.shape(of: "keys")?.first ?? 0
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
      var input = EncoderInput()
      var start = 0
      for length in try integers(prefix + "lengths") {
        let rows = start..<start + length
        input.append(
          rows: ids[rows].map { $0 < 0 ? .soft(-1 - $0) : .wordpiece(Int32($0)) },
          segments: segments[rows].map { UInt8($0) })
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
          shapes: try integers(prefix + "shapes"),
          firstPosition: try integers(prefix + "first")[0], rows: try integers(prefix + "rows"),
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

  /// What `Reference` functions take, for a case.
  func reference(for golden: Case) -> ReferenceEncoder.Prompts {
    var prompts = ReferenceEncoder.Prompts(soft: DoubleMatrix(soft))
    prompts.deep = zip(keys, values).map {
      Reference.Prefix(keys: DoubleMatrix($0), values: DoubleMatrix($1))
    }
    prompts.shapes = DoubleMatrix(shapes)
    prompts.firstPosition = golden.firstPosition
    return prompts
  }
}

extension DoubleMatrix {
  /// The given rows, one above the other.
  func rows(_ chosen: [Int]) -> DoubleMatrix {
    DoubleMatrix(rows: chosen.count, columns: columns, values: chosen.flatMap(row))
  }
}
