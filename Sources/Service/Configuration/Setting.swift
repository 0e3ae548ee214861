/// One setting of a server: how it is called, the texts that it has, and how texts change it.
struct Setting: Sendable {
  typealias Change =
    @Sendable (inout ServiceConfiguration, [String]) throws(ConfigurationFault) -> Void
  typealias Path<Value> = any WritableKeyPath<ServiceConfiguration, Value> & Sendable

  let name: String
  /// Whether it takes any number of texts; others take one.
  let isList: Bool
  let texts: @Sendable (ServiceConfiguration) -> [String]
  let change: Change

  /// What it is called among the variables of the environment.
  var variable: String {
    Self.variablePrefix + name.uppercased().replacing("-", with: "_")
  }

  static let variablePrefix = "ENXERTO_SERVE_"

  static func list(_ name: String, _ path: Path<[String]>) -> Setting {
    Setting(
      name: name, isList: true, texts: { $0[keyPath: path] },
      change: { configuration, texts throws(ConfigurationFault) in
        configuration[keyPath: path] = texts
      })
  }

  /// - Parameters:
  ///   - expected: what `value` takes, for messages.
  ///   - value: of a text; nil where it has none.
  ///   - text: of a value; nil where nothing is set.
  static func one<Value>(
    _ name: String, _ path: Path<Value>, expected: String,
    value: @escaping @Sendable (String) -> Value?, text: @escaping @Sendable (Value) -> String?
  ) -> Setting {
    Setting(
      name: name, isList: false,
      texts: { configuration in text(configuration[keyPath: path]).map { [$0] } ?? [] },
      change: { configuration, texts throws(ConfigurationFault) in
        guard texts.count == 1 else {
          throw ConfigurationFault("\(name): expected one value, found \(texts.count)")
        }
        guard let value = value(texts[0]) else {
          throw ConfigurationFault("\(name): expected \(expected), found \(texts[0])")
        }
        configuration[keyPath: path] = value
      })
  }

  static func text(_ name: String, _ path: Path<String>) -> Setting {
    one(name, path, expected: "a text", value: { $0 }, text: { $0 })
  }

  static func text(_ name: String, _ path: Path<String?>) -> Setting {
    one(name, path, expected: "a text", value: { .some($0) }, text: { $0 })
  }

  static func flag(_ name: String, _ path: Path<Bool>) -> Setting {
    one(name, path, expected: "true or false", value: { Bool($0) }, text: { "\($0)" })
  }

  static func integer(
    _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int> = 1...Int.max
  ) -> Setting {
    let most = range.upperBound < Int.max ? " to \(range.upperBound)" : ""
    return one(
      name, path, expected: "a number from \(range.lowerBound)\(most)",
      value: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }, text: { "\($0)" })
  }

  static func seconds(
    _ name: String, _ path: Path<Double>, from least: Double = 0.001
  ) -> Setting {
    one(
      name, path, expected: "seconds from \(least) to 86400",
      value: { text in Double(text).flatMap { (least...86_400).contains($0) ? $0 : nil } },
      text: { "\($0)" })
  }
}
