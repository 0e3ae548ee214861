import Encoders
import Foundation
import Kernels
import PTuning
import Tasks

struct AdapterInspection: Inspection {
  private let name: String
  private let configuration: AdapterConfiguration
  private let values: Int
  private let files: [FileSize]

  init(folder: URL) throws {
    let adapter = try Adapter(folder: folder)
    name = folder.standardizedFileURL.lastPathComponent
    configuration = adapter.configuration
    values = adapter.valueCount
    files = FileSize.all(in: folder)
  }

  var table: Table {
    let prompt = configuration.prompt
    let encoder = configuration.encoder
    var table = Table()
    table.add("adapter", name)
    table.add("task", configuration.task.rawValue)
    if configuration.task == .ner {
      table.add("labels", configuration.labels.joined(separator: ", "))
    }
    table.add("template", configuration.template)
    table.add("soft rows", configuration.softRowCount)
    table.add("reparameterization", prompt.reparameterization.rawValue)
    if let deep = prompt.deep {
      let from = deep.firstLayer > 0 ? " from layer \(deep.firstLayer) on" : ""
      table.add("deep prompts", "\(deep.rows) a layer\(from), positions \(deep.positions.rawValue)")
    }
    table.add("word shapes", prompt.usesShapes ? "yes" : "no")
    table.add("additions to biases", prompt.usesBiases ? "yes" : "no")
    table.add(
      "head reads", configuration.headLayers == .mix ? "a mix of all layers" : "the last layer")
    table.add("values", values)
    if configuration.task == .ner { table.add("decoding", configuration.decoding.rawValue) }
    if let answering = configuration.answering { add(answering, to: &table) }
    if let temperature = configuration.temperature {
      table.add("temperature", String(format: "%.3f", temperature))
    }
    table.add("rows of an input", "at most \(Table.grouped(configuration.maximumRows))")
    table.add("precision", configuration.precision.rawValue)
    table.add("encoder", encoder.name)
    table.add("encoder's SHA-256", encoder.sha256)
    if let outcome = configuration.outcome {
      let exact = outcome.devExact.map { String(format: ", dev exact %.2f", 100 * $0) } ?? ""
      let f1 = outcome.devF1.map { String(format: ", dev F1 %.2f", 100 * $0) } ?? ""
      table.add("outcome", "epoch \(outcome.epoch)\(exact)\(f1)")
    }
    for file in files { table.add(file.name, Table.bytes(file.bytes)) }
    return table
  }

  private func add(_ answering: AnsweringConfiguration, to table: inout Table) {
    table.add(
      "windows",
      "at most \(answering.windowRows) rows, sharing \(answering.stride) wordpieces of the passage")
    table.add("answers", "at most \(answering.maximumWords) words")
    table.add(
      "no answer",
      answering.nullThreshold.map { String(format: "threshold %.3f", $0) } ?? "never said")
  }

  var json: JSONOutput {
    let encoder = configuration.encoder
    return .object([
      ("kind", .string("adapter")),
      ("name", .string(name)),
      ("formatVersion", .integer(configuration.formatVersion)),
      ("task", .string(configuration.task.rawValue)),
      ("labels", .array(configuration.labels.map { .string($0) })),
      ("template", .string(configuration.template)),
      ("softRows", .integer(configuration.softRowCount)),
      ("reparameterization", .string(configuration.prompt.reparameterization.rawValue)),
      ("deepRows", .integer(configuration.prompt.deep?.rows ?? 0)),
      ("wordShapes", .bool(configuration.prompt.usesShapes)),
      ("headPooling", .string((configuration.headPooling ?? .first).rawValue)),
      ("biases", .bool(configuration.prompt.usesBiases)),
      ("headLayers", .string((configuration.headLayers ?? .last).rawValue)),
      ("values", .integer(values)),
      ("decoding", .string(configuration.decoding.rawValue)),
      ("maximumRows", .integer(configuration.maximumRows)),
      (
        "answering",
        configuration.answering.map {
          .object([
            ("windowRows", .integer($0.windowRows)), ("stride", .integer($0.stride)),
            ("maximumWords", .integer($0.maximumWords)),
            ("nullThreshold", $0.nullThreshold.map { .number($0) } ?? .null),
          ])
        } ?? .null
      ),
      ("precision", .string(configuration.precision.rawValue)),
      (
        "encoder",
        .object([
          ("name", .string(encoder.name)), ("sha256", .string(encoder.sha256)),
          ("hidden", .integer(encoder.hiddenSize)),
        ])
      ),
      (
        "outcome",
        configuration.outcome.map {
          .object([
            ("epoch", .integer($0.epoch)), ("devF1", $0.devF1.map { .number($0) } ?? .null),
            ("devExact", $0.devExact.map { .number($0) } ?? .null),
          ])
        } ?? .null
      ),
      ("files", files.json),
    ])
  }
}
