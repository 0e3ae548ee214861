import Foundation

extension CalibrationReport {
  /// One line for people, without its end.
  public var line: String {
    guard let expectedError, let confidence, let accuracy else {
      return "expected calibration error: none, for no spans are predicted"
    }
    func percent(_ fraction: Double) -> String { String(format: "%.2f %%", 100 * fraction) }
    var text = "expected calibration error: \(percent(expectedError)) "
    text += "(mean confidence \(percent(confidence)), right \(percent(accuracy))"
    if let temperature { text += String(format: ", temperature %.3f", temperature) }
    return text + ")"
  }

  /// One JSON object, fractions in 0...1:
  ///
  ///     {"ece":0.04,"mce":0.21,"spans":412,"confidence":0.71,"accuracy":0.66,"temperature":1.3,
  ///      "bins":[{"from":0.0,"to":0.1,"count":3,"confidence":0.08,"accuracy":0.33},…]}
  ///
  /// What there is not (without spans, or in an empty bin, or the temperature) is null.
  public var json: String {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
    let bins = bins.map { bin in
      "{\"from\":\(bin.from),\"to\":\(bin.to),\"count\":\(bin.count),"
        + "\"confidence\":\(number(bin.confidence)),\"accuracy\":\(number(bin.accuracy))}"
    }
    return "{\"ece\":\(number(expectedError)),\"mce\":\(number(maximumError)),\"spans\":\(count),"
      + "\"confidence\":\(number(confidence)),\"accuracy\":\(number(accuracy)),"
      + "\"temperature\":\(number(temperature)),\"bins\":[" + bins.joined(separator: ",") + "]}"
  }
}
