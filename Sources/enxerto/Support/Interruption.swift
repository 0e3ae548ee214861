import Dispatch
import Foundation
import Synchronization

/// Notices Ctrl-C and termination, so that work can be saved before the program ends; a second
/// one ends it at once.
final class Interruption {
  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  private let flag = Flag()
  private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (number, source) in zip([SIGINT, SIGTERM], sources) {
      source.setEventHandler { [flag] in
        if flag.isSet.exchange(true, ordering: .relaxed) { exit(128 + number) }
      }
      source.resume()
    }
  }

  /// Whatever comes next is ended as usual.
  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  var isRequested: Bool { flag.isSet.load(ordering: .relaxed) }
}
