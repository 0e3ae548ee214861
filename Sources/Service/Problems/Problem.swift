import Corpora
public import HTTPTypes
import Hummingbird

/// What went wrong with a request, as problem details (RFC 9457): a type that stays the same from version to version, its
/// status, what was expected and found, and what to do.
public struct Problem: Error, Hashable, Sendable {
  /// What is stable: the last part of the problem's `type`, a URI reference that the service itself answers.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case malformedBody = "malformed-body"
    case invalidRequest = "invalid-request"
    case unauthorized
    case forbidden
    case notFound = "not-found"
    case unknownAdapter = "unknown-adapter"
    case otherTask = "other-task"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case unsupportedMediaType = "unsupported-media-type"
    case bodyTooLarge = "body-too-large"
    case textTooLarge = "text-too-large"
    case tooDeep = "too-deep"
    case slowRequest = "slow-request"
    case unsuitableText = "unsuitable-text"
    case adapterDoesNotFit = "adapter-does-not-fit"
    case adapterBusy = "adapter-busy"
    case noStorage = "no-storage"
    case tooManyRequests = "too-many-requests"
    case queueFull = "queue-full"
    case timeout
    case closing
    case clientGone = "client-gone"
    case failure

    public var status: HTTPResponse.Status {
      switch self {
      case .malformedBody, .invalidRequest: .badRequest
      case .unauthorized: .unauthorized
      case .forbidden: .forbidden
      case .notFound, .unknownAdapter: .notFound
      case .methodNotAllowed: .methodNotAllowed
      case .notAcceptable: .notAcceptable
      case .unsupportedMediaType: .unsupportedMediaType
      case .bodyTooLarge, .textTooLarge: .contentTooLarge
      case .tooDeep, .unsuitableText: .unprocessableContent
      case .slowRequest: .requestTimeout
      // As section 9.3.4 of RFC 9110 suggests for what is put and does not suit.
      case .adapterDoesNotFit, .adapterBusy, .otherTask: .conflict
      case .noStorage: .init(code: 507, reasonPhrase: "Insufficient Storage")
      case .tooManyRequests, .queueFull: .tooManyRequests
      case .timeout, .closing: .serviceUnavailable
      // As nginx has it; whoever has gone does not read it.
      case .clientGone: .init(code: 499, reasonPhrase: "Client Closed Request")
      case .failure: .internalServerError
      }
    }

    /// A sentence for people.
    public var title: String {
      switch self {
      case .malformedBody: "The body is not what it is said to be."
      case .invalidRequest: "The request is not what this path takes."
      case .unauthorized: "A token is needed."
      case .forbidden: "This is not allowed."
      case .notFound: "There is nothing at this path."
      case .unknownAdapter: "No adapter has this name."
      case .otherTask: "The adapter is for another task."
      case .methodNotAllowed: "The path does not take this method."
      case .notAcceptable: "The answer cannot be had in this form."
      case .unsupportedMediaType: "The body's form is not taken here."
      case .bodyTooLarge: "The body is too large."
      case .textTooLarge: "The text is too large."
      case .tooDeep: "The JSON is nested too deep."
      case .slowRequest: "The body did not arrive in time."
      case .unsuitableText: "The adapter cannot read this."
      case .adapterDoesNotFit: "This is no adapter that fits."
      case .adapterBusy: "The adapter is being changed by somebody else."
      case .noStorage: "The adapter could not be stored."
      case .tooManyRequests: "Too many requests are in flight."
      case .queueFull: "Too much waits already."
      case .timeout: "The request took too long."
      case .closing: "The service is shutting down."
      case .clientGone: "The client closed its side of the connection."
      case .failure: "The service failed."
      }
    }

    /// What who asks can do about it.
    public var advice: String {
      switch self {
      case .malformedBody, .invalidRequest: "Compare the body with /openapi.json."
      case .unauthorized: "Send a token: Authorization: Bearer TOKEN."
      case .forbidden: "Use a token with this right and adapter, or ask as the detail says."
      case .notFound, .methodNotAllowed: "See /openapi.json for paths and methods."
      case .unknownAdapter: "See /v1/adapters for the names."
      case .otherTask: "Tag with adapters of the task ner, ask those of qa."
      case .notAcceptable: "Accept what the detail names."
      case .unsupportedMediaType:
        "Send what the detail names, as it is, and say so in Content-Type."
      case .bodyTooLarge, .textTooLarge:
        "Send less at a time; lines of any number go to /v1/stream."
      case .tooDeep: "Send flat items, as /openapi.json has them."
      case .slowRequest: "Send it at once, or in parts."
      case .unsuitableText: "Shorten what the detail names, or give it words."
      case .adapterDoesNotFit:
        "Send a whole adapter, trained on the encoder that this service runs."
      case .adapterBusy: "Ask again when that is done."
      case .noStorage:
        "Make room in the folder of adapters, or remove one; what was there before is still served."
      case .tooManyRequests, .queueFull: "Ask again after the time in Retry-After."
      case .timeout: "Send less at a time, or ask again later."
      case .closing: "Ask another instance, or again later."
      case .clientGone: "Keep the connection open until the answer is there."
      case .failure: "Report it with the request's id."
      }
    }
  }

  public var kind: Kind
  /// What was expected, and what was found.
  public var detail: String
  /// Seconds after which to ask again.
  public var retryAfter: Int?
  /// The methods that the path takes.
  public var allow: String?

  public init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil, allow: String? = nil) {
    self.kind = kind
    self.detail = detail
    self.retryAfter = retryAfter
    self.allow = allow
  }

  /// - Parameter request: the request's id.
  func json(request: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in [
      ("type", "/problems/\(kind.rawValue)"), ("title", kind.title), ("detail", detail),
      ("advice", kind.advice), ("request", request),
    ] {
      bytes += (bytes.isEmpty ? "{\"" : ",\"").utf8
      bytes += "\(name)\":".utf8
      JSONText.append(value, to: &bytes)
    }
    bytes += ",\"status\":\(kind.status.code)}".utf8
    return bytes
  }

  func response(request: String) -> Response {
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    headers[.retryAfter] = retryAfter.map(String.init)
    headers[.allow] = allow
    if kind == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
    return Response(
      status: kind.status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: json(request: request))))
  }
}
