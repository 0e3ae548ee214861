import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Everything by enumeration of the sequences, in double precision.
private enum EnumeratedChain {
  /// All sequences that are legal after `previous`.
  static func sequences(_ words: Int, _ legal: LegalTransitions, after previous: Int?) -> [[Int]] {
    let tags = legal.tagCount
    return (0..<words).reduce([[]]) { all, _ in
      all.flatMap { one in
        (0..<tags).filter { tag in
          (one.last ?? previous).map { legal.transitions[$0 * tags + tag] } ?? legal.start[tag]
        }.map { one + [$0] }
      }
    }
  }

  /// - Parameter inputs: logits, transitions, start, end.
  static func score(
    _ tags: [Int], _ inputs: [DoubleMatrix], from row: Int, _ piece: LinearChainCRF.Piece
  ) -> Double {
    var score = 0.0
    var previous = piece.previous
    for (word, tag) in tags.enumerated() {
      score +=
        inputs[0][row + word, tag] + (previous.map { inputs[1][$0, tag] } ?? inputs[2][0, tag])
      previous = tag
    }
    if let last = tags.last, !piece.isContinued { score += inputs[3][0, last] }
    return score
  }

  static func loss(
    _ inputs: [DoubleMatrix], pieces: [LinearChainCRF.Piece], targets: [Int],
    legal: LegalTransitions
  ) -> Double {
    var (loss, row) = (0.0, 0)
    for piece in pieces {
      let scores = sequences(piece.length, legal, after: piece.previous).map {
        score($0, inputs, from: row, piece)
      }
      let best = scores.max() ?? 0
      loss += best + log(scores.reduce(0) { $0 + exp($1 - best) })
      loss -= score(Array(targets[row..<row + piece.length]), inputs, from: row, piece)
      row += piece.length
    }
    return loss
  }
}

@Suite struct LinearChainCRFTests {
  typealias Piece = LinearChainCRF.Piece

  private static let seed: UInt64 = 31

  /// O, B-a, I-a, B-b, I-b, …
  private static func bio(_ labels: Int) -> LegalTransitions {
    let tags = 1 + 2 * labels
    func isInside(_ tag: Int) -> Bool { tag > 0 && tag.isMultiple(of: 2) }
    return LegalTransitions(
      start: (0..<tags).map { !isInside($0) },
      transitions: (0..<tags * tags).map { pair in
        let (from, to) = (pair / tags, pair % tags)
        return !isInside(to) || from == to || from == to - 1
      })
  }

  private static func crf(_ inputs: [Matrix], _ legal: LegalTransitions) -> LinearChainCRF {
    LinearChainCRF(transitions: inputs[1], start: inputs[2], end: inputs[3], legal: legal)
  }

  /// Logits, transitions, start, end.
  private static func inputs(_ name: String, words: Int, tags: Int, deviation: Float) -> [Matrix] {
    var random = RandomStream(seed: seed, purpose: name)
    return [(words, tags), (tags, tags), (1, tags), (1, tags)].map {
      .normal(rows: $0.0, columns: $0.1, deviation: deviation, using: &random)
    }
  }

  private static func targets(
    _ pieces: [Piece], _ legal: LegalTransitions, _ name: String
  ) -> [Int] {
    var random = RandomStream(seed: seed, purpose: name + " targets")
    return pieces.flatMap { piece in
      var tags: [Int] = []
      for _ in 0..<piece.length {
        let possible = EnumeratedChain.sequences(1, legal, after: tags.last ?? piece.previous)
        tags += possible[Int.random(in: 0..<possible.count, using: &random)]
      }
      return tags
    }
  }

  private static var cases: [LayerCase] {
    let whole = { (lengths: [Int]) in lengths.map { Piece(length: $0) } }
    let shapes: [([Piece], LegalTransitions, Float)] = [
      (whole([1]), .all(tagCount: 1), 1), (whole([6, 1]), .all(tagCount: 1), 1),
      (whole([1, 1, 2]), .all(tagCount: 2), 1), (whole([4, 1, 3]), .all(tagCount: 3), 1),
      (whole([7]), .all(tagCount: 2), 3), (whole([2]), .all(tagCount: 17), 1),
      (whole([0, 3, 0, 2]), bio(1), 1), (whole([5]), bio(1), 0.1), (whole([4, 2]), bio(2), 2),
      (whole([3]), bio(3), 5),
      // Windows: continued, continuing (inside a span), both.
      ([Piece(length: 3, isContinued: true)], bio(1), 1),
      ([Piece(length: 3, previous: 1), Piece(length: 1, previous: 0)], bio(1), 1),
      (
        [
          Piece(length: 2, previous: 2, isContinued: true),
          Piece(length: 1, previous: 4, isContinued: true), Piece(length: 2),
        ], bio(2), 1
      ),
    ]
    return shapes.map { pieces, legal, deviation in
      let shape = pieces.map {
        "\($0.length)\($0.previous.map { " after \($0)" } ?? "")\($0.isContinued ? "…" : "")"
      }
      let name = "CRF \(shape), \(legal.tagCount) tags, deviation \(deviation)"
      let words = pieces.reduce(0) { $0 + $1.length }
      let inputs = inputs(name, words: words, tags: legal.tagCount, deviation: deviation)
      let targets = targets(pieces, legal, name)
      return LayerCase(name, inputs: inputs) { inputs in
        let loss = EnumeratedChain.loss(inputs, pieces: pieces, targets: targets, legal: legal)
        return DoubleMatrix(rows: 1, columns: 1, values: [loss])
      } layer: { inputs, upstream in
        var crf = crf(inputs, legal)
        var gradient = inputs[0]
        // A buffer that held something larger: what it holds must not be seen.
        var workspace = LinearChainCRF.Workspace()
        var (large, other) = (
          Matrix(rows: 40, columns: 40), LinearChainCRF(legal: .all(tagCount: 40))
        )
        _ = other.forwardBackward(
          &large, pieces: [Piece(length: 40)], targets: Array(0..<40), scale: .nan,
          workspace: &workspace)
        let loss = crf.forwardBackward(
          &gradient, pieces: pieces, targets: targets, scale: upstream[0, 0],
          workspace: &workspace)
        return LayerCase.Result(
          value: Matrix(rows: 1, columns: 1, values: [Float(loss)]),
          gradients: [gradient, crf.transitions.gradient, crf.start.gradient, crf.end.gradient])
      }
    }
  }

  @Test(arguments: cases)
  func agreesWithEnumerationAndItsCentralDifferences(layer: LayerCase) {
    let differences = layer.differences(seed: Self.seed)
    #expect(differences.value < layer.valueTolerance, "value of \(layer), seed \(Self.seed)")
    for (index, difference) in differences.gradients.enumerated() {
      #expect(
        difference < layer.gradientTolerance,
        "gradient of input \(index) of \(layer), seed \(Self.seed)")
    }
  }

  /// Gradients of the logits are marginals less targets, whatever the size of the scores.
  @Test(arguments: [1, 100, 1e4] as [Float])
  func extremeScoresGiveExactMarginals(deviation: Float) {
    for round in 0..<20 {
      let legal = Self.bio(round % 3)
      let words = 1 + round % 5
      let piece = Piece(length: words)
      let place: Comment = "seed \(Self.seed), round \(round), deviation \(deviation)"
      let inputs = Self.inputs(
        "extreme \(round)", words: words, tags: legal.tagCount, deviation: deviation)
      let targets = Self.targets([piece], legal, "extreme \(round)")
      let exact = inputs.map(DoubleMatrix.init)
      let sequences = EnumeratedChain.sequences(words, legal, after: nil)
      let scores = sequences.map { EnumeratedChain.score($0, exact, from: 0, piece) }
      let best = scores.max() ?? 0
      let total = scores.reduce(0) { $0 + exp($1 - best) }
      var expected = DoubleMatrix(rows: words, columns: legal.tagCount)
      for (sequence, score) in zip(sequences, scores) {
        for (word, tag) in sequence.enumerated() {
          expected[word, tag] += exp(score - best) / total
        }
      }
      for (word, tag) in targets.enumerated() { expected[word, tag] -= 1 }

      var crf = Self.crf(inputs, legal)
      var gradient = inputs[0]
      var workspace = LinearChainCRF.Workspace()
      let loss = crf.forwardBackward(
        &gradient, pieces: [piece], targets: targets, scale: 1, workspace: &workspace)
      #expect(expected.difference(from: gradient, floor: 1) < 1e-6, place)
      let exactLoss = EnumeratedChain.loss(exact, pieces: [piece], targets: targets, legal: legal)
      #expect(abs(loss - exactLoss) <= 1e-9 * max(1, abs(exactLoss)), place)
      crf.visitParameters { #expect($0.gradient.isFinite, place) }
    }
  }

  /// Against sums of probabilities scaled to 1 at each word, another way to compute the same.
  @Test func longSequencesLoseNothing() {
    let (words, tags) = (10_000, 5)
    let inputs = Self.inputs("long", words: words, tags: tags, deviation: 2)
    let legal = Self.bio(2)
    let targets = Self.targets([Piece(length: words)], legal, "long")
    func score(_ matrix: Matrix, _ row: Int, _ column: Int) -> Double {
      exp(Double(matrix[row, column]))
    }
    var sums = (0..<tags).map { legal.start[$0] ? score(inputs[2], 0, $0) : 0 }
    var expected = -log(score(inputs[2], 0, targets[0]))
    for word in 0..<words {
      if word > 0 {
        expected -= log(score(inputs[1], targets[word - 1], targets[word]))
        sums = (0..<tags).map { to in
          (0..<tags).filter { legal.transitions[$0 * tags + to] }
            .reduce(0) { $0 + sums[$1] * score(inputs[1], $1, to) }
        }
      }
      for tag in 0..<tags { sums[tag] *= score(inputs[0], word, tag) }
      let total = sums.reduce(0, +)
      for tag in 0..<tags { sums[tag] /= total }
      expected += log(total) - Double(inputs[0][word, targets[word]])
    }
    expected += log((0..<tags).reduce(0) { $0 + sums[$1] * score(inputs[3], 0, $1) })
    expected -= log(score(inputs[3], 0, targets[words - 1]))

    for factor: Float in [1, 5000] {
      var scaled = inputs
      for index in scaled.indices { scaled[index].scale(by: factor) }
      var crf = Self.crf(scaled, legal)
      var workspace = LinearChainCRF.Workspace()
      let loss = crf.forwardBackward(
        &scaled[0], pieces: [Piece(length: words)], targets: targets, scale: 1,
        workspace: &workspace)
      if factor == 1 { #expect(abs(loss - expected) < 1e-9 * expected, "seed \(Self.seed)") }
      #expect(loss.isFinite && loss > 0 && scaled[0].isFinite)
      // Probabilities: those of a word's tags have the sum 1, as its target has.
      for word in 0..<words { #expect(abs(scaled[0].row(word).reduce(0, +)) < 1e-5) }
      #expect(abs(crf.start.gradient.values.reduce(0, +)) < 1e-5)
      #expect(abs(crf.end.gradient.values.reduce(0, +)) < 1e-5)
      #expect(abs(crf.transitions.gradient.values.reduce(0, +)) < 0.05)
    }
  }

  /// Without transitions and laws, each word is by itself.
  @Test(arguments: [1, 2, 9, 150])
  func zeroTransitionsAreCrossEntropy(tags: Int) {
    let words = 40
    var first = Self.inputs("zero", words: words, tags: tags, deviation: 3)[0]
    var second = first
    let targets = (0..<words).map { $0 * 7 % tags }
    var crf = LinearChainCRF(legal: .all(tagCount: tags))
    var workspace = LinearChainCRF.Workspace()
    let loss = crf.forwardBackward(
      &first, pieces: [Piece(length: 25), Piece(length: 15)], targets: targets, scale: 0.5,
      workspace: &workspace)
    let expected = CrossEntropy.forwardBackward(&second, targets: targets, scale: 0.5)
    #expect(abs(loss - expected) < 1e-5 * max(1, expected))
    #expect(DoubleMatrix(second).difference(from: first) < 5e-6)
  }

  @Test func copiesOfShardsSumToTheWhole() {
    let legal = Self.bio(2)
    let inputs = Self.inputs("shards", words: 9, tags: 5, deviation: 1)
    let pieces = [Piece(length: 4), Piece(length: 5)]
    let targets = Self.targets(pieces, legal, "shards")
    var whole = Self.crf(inputs, legal)
    var sum = whole
    var copies = [whole, whole]
    var workspace = LinearChainCRF.Workspace()
    var logits = inputs[0]
    let loss = whole.forwardBackward(
      &logits, pieces: pieces, targets: targets, scale: 0.25, workspace: &workspace)
    var partial = 0.0
    for (index, rows) in [0..<4, 4..<9].enumerated() {
      var logits = Matrix(
        rows: rows.count, columns: 5, values: rows.flatMap { inputs[0].row($0) })
      partial += copies[index].forwardBackward(
        &logits, pieces: [pieces[index]], targets: Array(targets[rows]), scale: 0.25,
        workspace: &workspace)
      sum.addGradients(of: copies[index])
    }
    #expect(abs(loss - partial) < 1e-12)
    for path in [\LinearChainCRF.transitions, \.start, \.end] {
      let expected = DoubleMatrix(whole[keyPath: path].gradient)
      #expect(expected.difference(from: sum[keyPath: path].gradient) < 1e-6)
    }
    var names: [String] = []
    whole.visitParameters { names.append($0.name) }
    #expect(names == ["crf.transitions", "crf.start", "crf.end"])
    #expect(whole.parameterCount == 35)
  }

  @Test func whatIsIllegalHasNoPart() {
    let legal = Self.bio(1)
    var inputs = Self.inputs("illegal", words: 4, tags: 3, deviation: 1)
    // Scores that would win everything, were they read.
    inputs[1][0, 2] = 1e6
    inputs[2][0, 2] = 1e6
    var crf = Self.crf(inputs, legal)
    var workspace = LinearChainCRF.Workspace()
    var logits = inputs[0]
    let loss = crf.forwardBackward(
      &logits, pieces: [Piece(length: 4)], targets: [0, 1, 2, 0], scale: 1, workspace: &workspace)
    #expect(loss > 0 && loss < 100)
    #expect(crf.transitions.gradient[0, 2] == 0 && crf.start.gradient[0, 2] == 0)
    #expect(logits[0, 2] == 0)
    // A target that cannot be has no probability.
    logits = inputs[0]
    let impossible = crf.forwardBackward(
      &logits, pieces: [Piece(length: 4)], targets: [0, 2, 2, 0], scale: 1, workspace: &workspace)
    #expect(impossible == .infinity)
  }

  @Test(arguments: [Float.nan, .infinity])
  func whatIsNotANumberIsSeen(value: Float) {
    for place in 0..<12 {
      var logits = Matrix(rows: 4, columns: 3)
      logits.storage[place] = value
      var crf = LinearChainCRF(legal: Self.bio(1))
      var workspace = LinearChainCRF.Workspace()
      let loss = crf.forwardBackward(
        &logits, pieces: [Piece(length: 4)], targets: [0, 1, 2, 0], scale: 1,
        workspace: &workspace)
      // An I that cannot stand first is not read, unless it is not a number at all.
      if place != 2 { #expect(!loss.isFinite, "place \(place)") }
    }
  }
}
