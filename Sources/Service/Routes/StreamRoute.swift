import Corpora
import HTTPTypes
import Hummingbird
import Inference

/// `POST /v1/stream?adapter=NAME`: JSON lines in, JSON lines out, in order, for bodies of any length. Each line is an item as of
/// `/v1/batch`; one that fails has its problem in its place. What is read waits until what was written is taken.
struct StreamRoute {
  let runner: ItemRunner
  let inFlight: InFlight

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on("stream", [(.post, { try post($0, $1) })])
  }

  private func post(_ request: Request, _ context: ServiceContext) throws -> Response {
    try context.require(.use)
    try Accept(request.headers[.accept]).require("application/x-ndjson")
    try request.requireContentType(
      "application/x-ndjson", "application/jsonl", "application/json", "text/plain")
    try runner.engine.checkRoom()
    // Held until the last line is written.
    let place = try inFlight.enter()
    let adapter = request.uri.queryParameters.get("adapter")
    try adapter.map(AdapterName.require)
    return Response(
      status: .ok, headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody { writer in
        defer { place.leave() }
        try await answer(request, adapter, context, &writer)
        try await writer.finish(nil)
      })
  }

  private func answer(
    _ request: Request, _ adapter: String?, _ context: ServiceContext,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    var body = PatientBody(request, context, seconds: runner.limits.idleSeconds)
    var lines = LineSplitter(limit: runner.limits.lineBytes)
    var deadline = runner.deadline
    while let part = try await body.next() {
      lines.take(part.readableBytesView)
      let whole = lines.whole()
      if whole.isEmpty {
        if ContinuousClock.now < deadline { continue }
        let problem = Problem(.slowRequest, "expected a whole line in time, found none")
        let line = problem.json(request: context.id) + [UInt8(ascii: "\n")]
        try await writer.write(ByteBuffer(bytes: line))
        return
      }
      // Who sends line by line wants to read so, too.
      try await write(whole, adapter, context, &writer)
      deadline = runner.deadline
    }
    try await write(lines.rest(), adapter, context, &writer)
  }

  private func write(
    _ lines: [LineSplitter.Line], _ adapter: String?, _ context: ServiceContext,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    guard !lines.isEmpty else { return }
    let limits = runner.limits
    let results = try await runner.lines(of: lines, context: context) { line in
      let place = "line \(line.number)"
      guard !line.isCut else {
        throw Problem(
          .textTooLarge, "\(place): expected at most \(limits.lineBytes) bytes, found more")
      }
      return try WorkItem(
        JSONBody(limits: limits).parse(line.bytes[...], place: place), adapter: adapter,
        limits: limits, place: place)
    }
    try await writer.write(ByteBuffer(bytes: results.joined()))
  }
}
