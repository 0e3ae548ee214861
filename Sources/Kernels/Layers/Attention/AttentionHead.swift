import CKernels

/// One head of a batch: rows of `size` columns, `stride` apart.
struct AttentionHead {
  let index: Int
  let batch: RaggedBatch
  let size: Int
  /// Columns of all heads; rows of the prefix are so far apart.
  let columns: Int
  /// N, the rows of the prefix.
  let prefixCount: Int
  let queries: UnsafePointer<Float>
  /// [N, size]; nil where N is 0.
  let prefixKeys: UnsafePointer<Float>?
  let prefixValues: UnsafePointer<Float>?
  /// The output when going forward, the gradient of the queries when going back.
  let output: UnsafeMutablePointer<Float>
  /// How far rows of `output` are apart.
  let outputStride: Int

  var keys: UnsafePointer<Float> { queries + columns }
  var values: UnsafePointer<Float> { queries + 2 * columns }
  /// How far rows of queries, keys and values are apart, which stand side by side.
  var stride: Int { 3 * columns }

  var scale: Float { 1 / Float(size).squareRoot() }

  /// - Parameters:
  ///   - prefixProbabilities: room for P of the prefix, [rows, N].
  ///   - probabilities: room for P of a sequence, by the sum of length² before it.
  func forward(
    _ prefixProbabilities: UnsafeMutablePointer<Float>?,
    probabilities: (Int) -> UnsafeMutablePointer<Float>
  ) {
    let (rows, n) = (batch.rowCount, prefixCount)
    let prefixP = n > 0 ? prefixProbabilities : nil
    if let prefixP, let prefixKeys {
      Product.transposed(
        queries, stride, prefixKeys, columns, into: prefixP, n, m: rows, n: n, k: size,
        scale: scale)
    }
    var squares = 0
    for sequence in 0..<batch.sequenceCount {
      let range = batch.rows(of: sequence)
      let (begin, length) = (range.lowerBound * stride, range.count)
      let p = probabilities(squares)
      squares += length * length
      Product.transposed(
        queries + begin, stride, keys + begin, stride, into: p, length,
        m: length, n: length, k: size, scale: scale)
      for row in 0..<length {
        softmax(
          p + row * length, length, prefixP.map { $0 + (range.lowerBound + row) * n })
      }
      Product.plain(
        p, length, values + begin, stride, into: output + range.lowerBound * outputStride,
        outputStride, m: length, n: size, k: length)
    }
    if let prefixP, let prefixValues {
      Product.plain(
        prefixP, n, prefixValues, columns, into: output, outputStride, m: rows, n: size, k: n,
        keep: 1)
    }
  }

  /// Turns a row's scores, its sequence's and the prefix's, into probabilities.
  private func softmax(
    _ scores: UnsafeMutablePointer<Float>, _ length: Int,
    _ prefixScores: UnsafeMutablePointer<Float>?
  ) {
    var greatest = enx_max(scores, length)
    if let prefixScores {
      let other = enx_max(prefixScores, prefixCount)
      if other > greatest { greatest = other }
    }
    var sum = enx_exp_sum(scores, greatest, scores, length)
    if let prefixScores { sum += enx_exp_sum(prefixScores, greatest, prefixScores, prefixCount) }
    let inverse = 1 / sum
    for i in 0..<length { scores[i] *= inverse }
    if let prefixScores { for i in 0..<prefixCount { prefixScores[i] *= inverse } }
  }

  /// Where backward reads the output's gradient, [rows, columns], and adds those of the prefix. Those of
  /// keys and values go beside that of the queries, `output`.
  struct Gradients {
    let output: UnsafePointer<Float>
    let prefixKeys: UnsafeMutablePointer<Float>?
    let prefixValues: UnsafeMutablePointer<Float>?
  }

  /// - Parameters:
  ///   - probabilities: P of all sequences, one after another.
  ///   - prefixProbabilities: P of the prefix, [rows, N].
  ///   - dScores: room for one sequence's.
  ///   - dPrefixScores: room for [rows, N].
  func backward(
    _ d: Gradients, probabilities: UnsafePointer<Float>,
    prefixProbabilities: UnsafePointer<Float>?, dScores: UnsafeMutablePointer<Float>,
    dPrefixScores: UnsafeMutablePointer<Float>?
  ) {
    let (rows, n) = (batch.rowCount, prefixCount)
    if n > 0, let dPrefixScores, let prefixProbabilities, let prefixValues,
      let dPrefixValues = d.prefixValues
    {
      Product.leftTransposed(
        prefixProbabilities, n, d.output, columns, into: dPrefixValues, columns,
        m: n, n: size, k: rows, keep: 1)
      Product.transposed(
        d.output, columns, prefixValues, columns, into: dPrefixScores, n, m: rows, n: n, k: size)
    }
    var p = probabilities
    for sequence in 0..<batch.sequenceCount {
      let range = batch.rows(of: sequence)
      let (begin, length) = (range.lowerBound * stride, range.count)
      let dOutput = d.output + range.lowerBound * columns
      Product.leftTransposed(
        p, length, dOutput, columns, into: output + 2 * columns + begin, stride,
        m: length, n: size, k: length)
      Product.transposed(
        dOutput, columns, values + begin, stride, into: dScores, length,
        m: length, n: length, k: size)
      for row in 0..<length {
        let gradient = dScores + row * length
        let place = (range.lowerBound + row) * n
        softmaxBackward(
          gradient, p + row * length, length, dPrefixScores.map { $0 + place },
          prefixProbabilities.map { $0 + place })
      }
      Product.plain(
        dScores, length, keys + begin, stride, into: output + begin, stride,
        m: length, n: size, k: length, scale: scale)
      Product.leftTransposed(
        dScores, length, queries + begin, stride, into: output + columns + begin, stride,
        m: length, n: size, k: length, scale: scale)
      p += length * length
    }
    if n > 0, let dPrefixScores, let prefixKeys, let dPrefixKeys = d.prefixKeys {
      Product.plain(
        dPrefixScores, n, prefixKeys, columns, into: output, stride,
        m: rows, n: size, k: n, scale: scale, keep: 1)
      Product.leftTransposed(
        dPrefixScores, n, queries, stride, into: dPrefixKeys, columns,
        m: n, n: size, k: rows, scale: scale, keep: 1)
    }
  }

  /// dP of a row becomes dS, for its sequence and for the prefix.
  private func softmaxBackward(
    _ gradient: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, _ length: Int,
    _ prefixGradient: UnsafeMutablePointer<Float>?, _ prefixP: UnsafePointer<Float>?
  ) {
    var inner = enx_dot(gradient, p, length)
    if let prefixGradient, let prefixP { inner += enx_dot(prefixGradient, prefixP, prefixCount) }
    for i in 0..<length { gradient[i] = p[i] * (gradient[i] - inner) }
    if let prefixGradient, let prefixP {
      for i in 0..<prefixCount { prefixGradient[i] = prefixP[i] * (prefixGradient[i] - inner) }
    }
  }
}
