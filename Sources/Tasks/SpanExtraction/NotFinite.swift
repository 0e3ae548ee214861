/// An adapter, or an encoder, says what is not a finite number: its weights are too large, and what it says is worth nothing.
public struct NotFinite: Error, Hashable, Sendable, CustomStringConvertible {
  package init() {}

  public var description: String {
    "expected logits that are finite numbers, found some that are not: the adapter's values are too large, as after "
      + "training that diverged"
  }
}
