import Kernels

/// What a run may be begun again for.
enum Trouble: Hashable, Sendable {
  /// A loss, gradient or weight that is not a finite number; the step counts from 1.
  case notFinite(_ what: String, step: Int)
  /// A loss that rose and stayed high: its running mean.
  case diverged(loss: Double)
  /// Nothing is found.
  case collapsed

  /// To stand after "the run has", as in a log.
  ///
  /// - Parameter collapse: how the task's model shows it.
  func text(collapse: String) -> String {
    switch self {
    case .notFinite(let what, let step):
      "reached a \(what) that is no finite number, at step \(step)"
    case .diverged(let loss):
      "diverged: the loss has risen to \(Self.rounded(loss)) and stays there"
    case .collapsed: "collapsed: \(collapse)"
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// The values of a model's parameters before the first step, to begin again from.
struct InitialWeights: Sendable {
  /// By the parameter's name.
  private var values: [String: Matrix] = [:]

  init(_ model: some Parameterized) {
    var model = model
    model.visitParameters { values[$0.name] = $0.value }
  }

  func restore(_ model: inout some Parameterized) {
    model.visitParameters { parameter in
      if let value = values[parameter.name] { parameter.value = value }
    }
  }
}
