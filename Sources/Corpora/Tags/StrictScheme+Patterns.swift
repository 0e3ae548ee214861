extension StrictScheme {
  /// Which pairs of neighbours start a span, go on with it, and end it between them.
  struct Patterns {
    var starts: [Pattern]
    var continues: [Pattern]
    var ends: [Pattern]
  }

  /// A pair of neighbouring tags; nil stands for any role.
  struct Pattern {
    enum Labels { case any, same, different }

    var previous: Role?
    var current: Role?
    var labels: Labels

    init(_ previous: Role?, _ current: Role?, _ labels: Labels = .any) {
      self.previous = previous
      self.current = current
      self.labels = labels
    }
  }

  var patterns: Patterns {
    switch self {
    case .iob1:
      Patterns(
        starts: [
          Pattern(.outside, .inside), Pattern(.inside, .inside, .different),
          Pattern(.begin, .inside), Pattern(.inside, .begin, .same), Pattern(.begin, .begin, .same),
        ],
        continues: [Pattern(.begin, .inside, .same), Pattern(.inside, .inside, .same)],
        ends: [
          Pattern(.inside, .inside, .different), Pattern(.inside, .outside),
          Pattern(.inside, .begin), Pattern(.begin, .outside),
          Pattern(.begin, .inside, .different), Pattern(.begin, .begin, .same),
        ])
    case .iob2:
      Patterns(
        starts: [Pattern(nil, .begin)],
        continues: [Pattern(.begin, .inside, .same), Pattern(.inside, .inside, .same)],
        ends: [
          Pattern(.inside, .outside), Pattern(.inside, .inside, .different),
          Pattern(.inside, .begin), Pattern(.begin, .outside),
          Pattern(.begin, .inside, .different), Pattern(.begin, .begin),
        ])
    case .ioe1:
      Patterns(
        starts: [
          Pattern(.outside, .inside), Pattern(.inside, .inside, .different),
          Pattern(.end, .inside), Pattern(.end, .end, .same),
        ],
        continues: [Pattern(.inside, .inside, .same), Pattern(.inside, .end, .same)],
        ends: [
          Pattern(.inside, .inside, .different), Pattern(.inside, .outside),
          Pattern(.inside, .end, .different), Pattern(.end, .inside, .same),
          Pattern(.end, .end, .same),
        ])
    case .ioe2:
      Patterns(
        starts: [
          Pattern(.outside, .inside), Pattern(.outside, .end), Pattern(.end, .inside),
          Pattern(.end, .end), Pattern(.inside, .inside, .different),
          Pattern(.inside, .end, .different),
        ],
        continues: [Pattern(.inside, .end, .same), Pattern(.inside, .inside, .same)],
        ends: [Pattern(.end, nil)])
    case .iobes, .bilou, .bmewo:
      Patterns(
        starts: [Pattern(nil, .begin), Pattern(nil, .single)],
        continues: [
          Pattern(.begin, .inside, .same), Pattern(.begin, .end, .same),
          Pattern(.inside, .inside, .same), Pattern(.inside, .end, .same),
        ],
        ends: [Pattern(.single, nil), Pattern(.end, nil)])
    case .io:
      Patterns(
        starts: [Pattern(.outside, .inside), Pattern(.inside, .inside, .different)],
        continues: [Pattern(.inside, .inside, .same)], ends: [Pattern(.inside, nil)])
    }
  }
}

extension [StrictScheme.Pattern] {
  /// Whether any of the patterns fits the pair.
  func matches(_ previous: StrictScheme.Tag, _ current: StrictScheme.Tag) -> Bool {
    contains { pattern in
      guard pattern.previous == nil || pattern.previous == previous.role,
        pattern.current == nil || pattern.current == current.role
      else { return false }
      switch pattern.labels {
      case .any: return true
      case .same: return previous.label == current.label
      case .different: return previous.label != current.label
      }
    }
  }
}
