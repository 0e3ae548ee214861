import COneDNN

/// How an encoder's products are made on this machine.
public struct Arithmetic: Hashable, Sendable {
  public let engine: ProductEngine
  public let precision: Precision
  /// What was asked for and could not be had, and why; a clause, nil where nothing was.
  public let shortfall: String?

  /// What comes nearest to what is wanted.
  ///
  /// oneDNN makes all precisions, OpenBLAS float32. A precision whose instructions the processor lacks
  /// would be slower than float32, which then takes its place.
  ///
  /// - Parameter engine: nil takes oneDNN where it was built in and the processor suits it, OpenBLAS
  ///   elsewhere.
  public init(_ precision: Precision = .float32, engine: ProductEngine? = nil) {
    var shortfalls: [String] = []
    var engine = engine ?? (enx_onednn_runs(ENX_FLOAT32) ? .oneDNN : .openBLAS)
    if engine == .oneDNN, !enx_onednn_runs(ENX_FLOAT32) {
      engine = .openBLAS
      shortfalls.append(
        enx_onednn_is_built()
          ? "onednn needs AVX2, which this processor lacks: openblas instead"
          : "onednn was left out when this program was built: openblas instead")
    }
    var precision = precision
    if precision != .float32 {
      if engine == .openBLAS {
        shortfalls.append("openblas has no \(precision.rawValue): float32 instead")
        precision = .float32
      } else if !enx_onednn_runs(precision.oneDNN) {
        shortfalls.append(
          "\(precision.rawValue) needs \(precision.instructions), which this processor lacks: "
            + "float32 instead")
        precision = .float32
      }
    }
    self.engine = engine
    self.precision = precision
    shortfall = shortfalls.isEmpty ? nil : shortfalls.joined(separator: "; ")
  }

  /// The fastest that keeps what the model finds: bf16 where the processor has it, else float32.
  public static func automatic(engine: ProductEngine? = nil) -> Arithmetic {
    let hasBF16 = engine != .openBLAS && enx_onednn_runs(ENX_BF16)
    return Arithmetic(hasBF16 ? .bf16 : .float32, engine: engine)
  }

  /// What backward's products are made of: rows of gradients have too wide a range for 8 bits.
  var ofBackward: Arithmetic {
    precision == .int8 ? Arithmetic(.bf16, engine: engine) : self
  }

  /// Such as "bf16 by oneDNN 2.6.3".
  public var text: String {
    switch engine {
    case .openBLAS: return "\(precision.rawValue) by OpenBLAS"
    case .oneDNN:
      let version = Int(enx_onednn_version())
      return "\(precision.rawValue) by oneDNN "
        + "\(version / 10000).\(version / 100 % 100).\(version % 100)"
    }
  }
}

extension Precision {
  var oneDNN: enx_precision {
    switch self {
    case .float32: ENX_FLOAT32
    case .bf16: ENX_BF16
    case .int8: ENX_INT8
    }
  }

  /// The instructions that make it fast.
  var instructions: String {
    switch self {
    case .float32: "AVX2"
    case .bf16: "AVX512_BF16"
    case .int8: "AVX512_VNNI"
    }
  }
}
