import ArgumentParser

/// `--learning-rate`: a number, or `auto`.
enum LearningRateOption: ExpressibleByArgument {
  case rate(Float)
  case auto

  init?(argument: String) {
    if argument.utf8.elementsEqual("auto".utf8) {
      self = .auto
    } else if let rate = Float(argument) {
      self = .rate(rate)
    } else {
      return nil
    }
  }

  var rate: Float? {
    switch self {
    case .rate(let rate): rate
    case .auto: nil
    }
  }

  var isAuto: Bool {
    switch self {
    case .rate: false
    case .auto: true
    }
  }
}
