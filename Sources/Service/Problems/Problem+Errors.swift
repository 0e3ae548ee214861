import Corpora
import Encoders
import HTTPTypes
import Hummingbird
import Inference
import NIOCore
import NIOHTTP1
import PTuning
import Tasks

extension Problem {
  /// Whatever was thrown on the way to an answer.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as EngineError: self.init(error)
    case let error as CorpusError: self.init(.malformedBody, error.description)
    case let error as QuestionError: self.init(.unsuitableText, error.description)
    case let error as LayoutError: self.init(.unsuitableText, "\(error)")
    case let error as NotFinite: self.init(.unsuitableText, error.description)
    case let error as AdapterError:
      let kind: Kind =
        switch error.kind {
        case .inputOutput: .noStorage
        case .busy: .adapterBusy
        case .missing: .unknownAdapter
        case .malformed, .mismatch: .adapterDoesNotFit
        }
      // Not where it is: paths are nobody's business.
      self.init(kind, "expected \(error.expected), found \(error.found)")
    case let error as EncoderError:
      self.init(.adapterDoesNotFit, "expected \(error.expected), found \(error.found)")
    case let error as TemplateError: self.init(.adapterDoesNotFit, "\(error)")
    case is CancellationError: self.init(.closing, "expected more time, found the service ending")
    // So does a connection end whose client closes it.
    case HTTPParserError.invalidEOFState, is IOError, is ChannelError:
      self.init(.clientGone, "expected a whole body, found the connection closed")
    case let error as HTTPParserError:
      self.init(.malformedBody, "expected a request of HTTP/1.1, found \(error)")
    case let error as any HTTPResponseError:
      switch error.status.code {
      case 404: self.init(.notFound, "expected a path of this service, found another")
      case 405: self.init(.methodNotAllowed, "expected a method of this path, found another")
      case 413: self.init(.bodyTooLarge, "expected a smaller body")
      default: self.init(.invalidRequest, "\(error)")
      }
    default: self.init(.failure, "expected an answer, found a failure of the service")
    }
  }

  private init(_ error: EngineError) {
    switch error {
    case .unknownAdapter: self.init(.unknownAdapter, error.description)
    case .otherTask: self.init(.otherTask, error.description)
    case .busy(let time):
      self.init(
        .queueFull, error.description,
        retryAfter: max(1, Int((time / .seconds(1)).rounded(.up))))
    case .expired: self.init(.timeout, error.description)
    case .closing: self.init(.closing, error.description, retryAfter: 1)
    }
  }
}
