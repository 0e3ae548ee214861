import Encoders
import Service
import Tasks

/// The exit codes of `sysexits.h`.
enum ServerFailure {
  static func code(of error: any Error) -> Int32 {
    switch error {
    case is ConfigurationFault: 64
    case let error as AdapterError:
      switch error.kind {
      case .missing: 66
      case .malformed, .mismatch: 65
      case .inputOutput, .busy: 74
      }
    case let error as EncoderError: error.kind == .missing ? 66 : 65
    case is ListeningFailure: 74
    case is ShutdownCutShort: 75
    default: 70
    }
  }
}

/// A port that is taken, or may not be had.
struct ListeningFailure: Error, CustomStringConvertible {
  var address: String
  var reason: String

  var description: String { "\(address): expected a port to listen on, found \(reason)" }
}

/// A signal's time was over before all that had been accepted was done.
struct ShutdownCutShort: Error, CustomStringConvertible {
  var seconds: Double

  var description: String {
    "shutdown-seconds: expected all that was accepted to be done within \(seconds) s, found some that was not"
  }
}
