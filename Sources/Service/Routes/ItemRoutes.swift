import Corpora
import HTTPTypes
import Hummingbird
import Inference

/// `POST /v1/tag`, `/v1/answer` and `/v1/batch`.
struct ItemRoutes {
  let runner: ItemRunner
  private var body: JSONBody { JSONBody(limits: runner.limits) }

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on("tag", [(.post, { try await tag($0, $1) })])
    group.on("answer", [(.post, { try await answer($0, $1) })])
    group.on("batch", [(.post, { try await batch($0, $1) })])
  }

  private func tag(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let form = try TagForm(accept: request.headers[.accept])
    let item = try WorkItem(await body.json(of: request, context), limits: runner.limits)
    guard case .tag = item.work,
      case .tagged(let text, let id) = try await runner.run(
        item, context: context, deadline: runner.deadline)
    else { throw Problem(.invalidRequest, "the body: expected text or tokens, found a question") }
    return Response(
      status: .ok, headers: [.contentType: form.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try form.bytes(of: text, id: id))))
  }

  private func answer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    try Accept(request.headers[.accept]).require("application/json")
    let item = try WorkItem(await body.json(of: request, context), limits: runner.limits)
    guard case .answer = item.work else {
      throw Problem(.invalidRequest, "the body: expected question and context, found a text")
    }
    let result = try await runner.run(item, context: context, deadline: runner.deadline)
    return .json(result.jsonLine)
  }

  /// `{"items": […]}`; an item that cannot be done has its problem in its place.
  private func batch(_ request: Request, _ context: ServiceContext) async throws -> Response {
    try Accept(request.headers[.accept]).require("application/json")
    // Taken on as a whole or not at all.
    try runner.engine.checkRoom()
    let value = try await body.json(of: request, context)
    try runner.engine.checkRoom()
    guard let items = value["items"]?.array else {
      throw Problem(.invalidRequest, "the body: expected an array in items, found none")
    }
    guard items.count <= runner.limits.batchItems else {
      throw Problem(
        .bodyTooLarge, "items: expected at most \(runner.limits.batchItems), found \(items.count)")
    }
    let work = try items.enumerated().map { number, item in
      try batched(item, place: "items[\(number)]")
    }
    let lines = try await runner.lines(of: work, context: context, deadline: runner.deadline) {
      try $0.get()
    }
    var bytes = Array("{\"results\":[".utf8)
    for (number, line) in lines.enumerated() {
      if number > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += line.dropLast()
    }
    bytes += "]}\n".utf8
    return .json(bytes)
  }
}

extension ItemRoutes {
  /// An item of a batch, or that its text is too large; what is no item at all is thrown.
  private func batched(
    _ value: JSONValue, place: String
  ) throws(Problem) -> Result<WorkItem, Problem> {
    do {
      return .success(try WorkItem(value, limits: runner.limits, place: place))
    } catch {
      guard error.kind == .textTooLarge else { throw error }
      return .failure(error)
    }
  }
}

extension Response {
  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
