import ArgumentParser
import Corpora
import Encoders
import Foundation
import PTuning
import Tasks
import Tokenization
import Training

#if Documents
  import Retrieval
#endif

/// How a command ends when it cannot do its work: one message on standard error, and a code of
/// `sysexits.h`.
struct Failure: Error, CustomStringConvertible {
  enum Code: Int32 {
    case usage = 64
    case badData = 65
    case missingInput = 66
    case software = 70
    case inputOutput = 74
  }

  var code: Code
  var description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Ends the program.
  static func exit(with error: any Error) -> Never {
    if let error = error as? ValidationError {
      StandardError.write("enxerto: \(error.message)")
      Foundation.exit(Code.usage.rawValue)
    }
    // Asked-for ends (help, version) are the parser's own; other errors are unknown to it.
    if error is ExitCode || Enxerto.exitCode(for: error) != .failure {
      Enxerto.exit(withError: error)
    }
    if error is BrokenPipe { Foundation.exit(0) }
    StandardError.write("enxerto: \(error)")
    Foundation.exit(code(of: error).rawValue)
  }

  /// The exit code of an error.
  static func code(of error: any Error) -> Code {
    switch error {
    case let error as Failure: return error.code
    case let error as CorpusError:
      return switch error.kind {
      case .malformed, .empty: .badData
      case .missing: .missingInput
      case .unreadable: .inputOutput
      case .option: .usage
      }
    case let error as EncoderError:
      return switch error.kind {
      case .malformed: .badData
      case .missing: .missingInput
      case .inputOutput: .inputOutput
      }
    case let error as AdapterError:
      return switch error.kind {
      case .malformed, .mismatch: .badData
      case .missing: .missingInput
      case .inputOutput, .busy: .inputOutput
      }
    case let error as TrainingError:
      return switch error {
      case .noSentences, .noEntities, .noQuestions, .question, .notFinite: .badData
      case .differs, .outOfRange: .usage
      }
    #if Documents
      case let error as RetrievalError:
        return switch error.kind {
        case .malformed: .badData
        case .missing: .missingInput
        case .inUse, .inputOutput: .inputOutput
        }
    #endif
    case is TemplateError, is LayoutError: return .usage
    case let error as TokenizerError:
      return switch error {
      case .noVocabulary: .missingInput
      case .unreadable: .inputOutput
      case .malformed, .unsupported, .emptyVocabulary, .duplicateToken, .missingToken: .badData
      }
    case is QuestionError, is NotFinite, is TagSetError, is UnknownTag, is NERScoresError:
      return .badData
    case is CocoaError, is POSIXError: return .inputOutput
    default: return .software
    }
  }
}

/// Standard output was closed by its reader.
struct BrokenPipe: Error {}
