/// The header field `Accept` (RFC 9110, section 12.5.1): ranges of media types, each with its weight.
struct Accept {
  private struct Range {
    var type: Substring
    var subtype: Substring
    var weight: Double

    /// How closely it names a media type; nil: it does not.
    func closeness(to name: String) -> Int? {
      let parts = name.split(separator: "/")
      if type == "*" { return 0 }
      guard parts.count == 2, type == parts[0] else { return nil }
      return subtype == "*" ? 1 : subtype == parts[1] ? 2 : nil
    }
  }

  private let ranges: [Range]
  private let text: String

  /// - Parameter text: nil or empty where everything is welcome.
  init(_ text: String?) {
    self.text = text ?? ""
    ranges = self.text.lowercased().split(separator: ",").compactMap { range in
      let parts = range.filter { !$0.isWhitespace }.split(separator: ";")
      guard let names = parts.first?.split(separator: "/"), names.count == 2 else { return nil }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
      return Range(type: names[0], subtype: names[1], weight: quality.map { Double($0) ?? 0 } ?? 1)
    }
  }

  /// The most welcome form.
  ///
  /// - Parameters:
  ///   - types: media types with their forms.
  ///   - usual: all forms; of equally welcome ones the earlier is taken.
  /// - Throws: `Problem` where none is.
  func best<Form: Hashable>(of types: [String: Form], usual: [Form]) throws(Problem) -> Form {
    if ranges.isEmpty, let first = usual.first, text.allSatisfy(\.isWhitespace) { return first }
    var weights: [Form: Double] = [:]
    for (name, form) in types {
      // The closest range decides (section 12.5.1).
      let closest = ranges.compactMap { range in
        range.closeness(to: name).map { ($0, range.weight) }
      }
      .max { $0.0 < $1.0 }
      weights[form] = max(weights[form] ?? 0, closest?.1 ?? 0)
    }
    var best: (form: Form, weight: Double)?
    for form in usual {
      let weight = weights[form] ?? 0
      if weight > (best?.weight ?? 0) { best = (form, weight) }
    }
    guard let best else {
      let names = types.keys.sorted().joined(separator: ", ")
      throw Problem(
        .notAcceptable, "expected one of \(names) to be accepted, found \(text.prefix(80))")
    }
    return best.form
  }

  /// - Throws: `Problem` where a media type is not welcome.
  func require(_ name: String) throws(Problem) { _ = try best(of: [name: name], usual: [name]) }
}
