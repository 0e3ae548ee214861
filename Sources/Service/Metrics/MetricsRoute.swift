import HTTPTypes
import Hummingbird
import Inference

/// `GET /metrics`.
struct MetricsRoute {
  let metrics: ServiceMetrics
  let engine: Engine
  let inFlight: InFlight

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on(
      "metrics",
      [
        (
          .get,
          { _, context in
            try context.require(.metrics)
            let text = metrics.text(
              adapters: engine.adapters.all.count, waitingRows: engine.waitingRows,
              inFlight: inFlight.value, residentBytes: ResidentMemory.bytes)
            return Response(
              status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
              body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
          }
        )
      ])
  }
}
