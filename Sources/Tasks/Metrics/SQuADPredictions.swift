/// Something for each of a number of questions, by the questions' names, in the order of a file.
public struct SQuADPredictions<Value: Sendable>: Sendable {
  public private(set) var values: [(id: String, value: Value)] = []
  private var places: [[UInt8]: Int] = [:]

  public init() {}

  /// Of equal names the last counts, at the place of the first.
  public init(_ values: [(id: String, value: Value)]) {
    for (id, value) in values { set(id, to: value) }
  }

  /// Sets the value of a question: one that is there already keeps its place.
  public mutating func set(_ id: String, to value: Value) {
    let key = Array(id.utf8)
    if let place = places[key] {
      values[place].value = value
    } else {
      places[key] = values.count
      values.append((id, value))
    }
  }

  public subscript(id: String) -> Value? { self[Array(id.utf8)] }

  subscript(id: [UInt8]) -> Value? { places[id].map { values[$0].value } }
}
