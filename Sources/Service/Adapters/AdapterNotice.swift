public import Inference
public import Kernels
public import Logging
import Tasks

extension Logger {
  /// Says that an adapter is served from now on, and warns where it was trained at another precision than it is served at.
  ///
  /// - Parameter identity: who loaded it; nil: the service did when it started.
  public func loaded(
    _ adapter: LoadedAdapter, servedAt precision: Precision, by identity: Identity? = nil
  ) {
    var metadata: Metadata = ["adapter": "\(adapter.name)"]
    if let identity { metadata["by"] = "\(identity.name)" }
    notice("adapter loaded", metadata: metadata)
    let trained = adapter.configuration.precision
    guard trained != precision else { return }
    warning(
      "the adapter was trained at another precision",
      metadata: [
        "adapter": "\(adapter.name)", "trained": "\(trained.rawValue)",
        "served": "\(precision.rawValue)",
      ])
  }
}
