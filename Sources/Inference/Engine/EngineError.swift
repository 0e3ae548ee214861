/// Why the engine does not do what it is asked.
public enum EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No adapter has the name.
  case unknownAdapter(name: String)
  /// The adapter is for another task.
  case otherTask(name: String, task: String, wanted: String)
  /// So much waits already that it would wait too long.
  case busy(retryAfter: Duration)
  /// The time that it was given is over.
  case expired
  /// The engine takes nothing more.
  case closing

  public var description: String {
    switch self {
    case .unknownAdapter(let name): "expected the name of an adapter, found “\(name)”"
    case .otherTask(let name, let task, let wanted):
      "expected an adapter of the task \(wanted), found “\(name)” of \(task)"
    case .busy: "expected room in the queue, found it full"
    case .expired: "expected to be done by the deadline, found it past"
    case .closing: "expected an engine at work, found it closing"
    }
  }
}
