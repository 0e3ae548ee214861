import ArgumentParser
import Encoders
import Foundation
import Kernels

/// The rate of the products alone, at the encoder's shapes.
struct ProductsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "products")

  @OptionGroup var options: EncoderOptions

  @Option(help: "Rows of a pass.")
  var rows = 4096

  func run() throws {
    let configuration = try EncoderConfiguration(
      contentsOf: options.folder.appendingPathComponent("config.json"))
    let arithmetic = try options.arithmetic()
    var rates = LayerProductRates(
      configuration, arithmetic: arithmetic, rows: rows, threads: options.threads)
    _ = rates.seconds()
    let passes = (0..<options.repetitions).map { _ in rates.seconds() }
    let shapes = rates.shapes.enumerated().map { index, shape in
      Result.Shape(
        inputs: shape.inputs, outputs: shape.outputs,
        gigaflops: shape.operations * Double(rates.rows) / passes.map { $0[index] }.median / 1e9)
    }
    let seconds = passes.map { $0.reduce(0, +) }.median
    try Result(
      engine: arithmetic.text, rows: rates.rows,
      gigaflops: rates.operations * Double(rates.rows) / seconds / 1e9, shapes: shapes
    ).write()
  }

  struct Result: Encodable {
    var task = "products"
    var engine: String
    var rows: Int
    /// Of all shapes together, as often as a layer has each.
    var gigaflops: Double
    var shapes: [Shape]

    struct Shape: Encodable {
      var inputs: Int
      var outputs: Int
      var gigaflops: Double
    }
  }
}
