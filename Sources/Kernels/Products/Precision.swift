/// What numbers the products with an encoder's weights are made of. All that lies between them is
/// float32; but for the products of attention, which at bf16 and int8 are of bf16 where the processor has AMX.
public enum Precision: String, Hashable, Sendable, Codable, CaseIterable {
  case float32
  /// Both sides rounded to bfloat16, summed in float32.
  case bf16
  /// Weights as 8-bit integers with a scale for each output, rows of the other side as 8-bit integers
  /// with a scale and a zero of their own, summed exactly.
  case int8
}

/// What makes the products.
public enum ProductEngine: String, Hashable, Sendable, Codable, CaseIterable {
  case openBLAS = "openblas"
  case oneDNN = "onednn"
}
