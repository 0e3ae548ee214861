public import Foundation

/// What `training.jsonl` tells of each epoch, as far as curves are drawn of it.
///
/// Lines may say more than is read here, or something else, and a training that was begun anew
/// counts its epochs anew: the last run is what there is.
public struct TrainingHistory: Hashable, Sendable {
  public static let file = "training.jsonl"

  /// An epoch's figures; measures are fractions, and nil without a dev corpus.
  public struct Epoch: Hashable, Sendable {
    public var epoch: Int
    public var loss: Double
    public var precision: Double?
    public var recall: Double?
    public var f1: Double?
    /// Of exact answers.
    public var exact: Double?
    /// Whether it was the best one so far.
    public var isBest: Bool

    public init(
      epoch: Int, loss: Double, precision: Double? = nil, recall: Double? = nil,
      f1: Double? = nil, exact: Double? = nil, isBest: Bool = false
    ) {
      self.epoch = epoch
      self.loss = loss
      self.precision = precision
      self.recall = recall
      self.f1 = f1
      self.exact = exact
      self.isBest = isBest
    }
  }

  /// Of the last run, in order.
  public private(set) var epochs: [Epoch] = []
  /// How often training was begun anew.
  public private(set) var restarts = 0
  /// The lines, from 1, that are neither epochs nor name an event.
  public private(set) var otherLines: [Int] = []

  /// - Parameter contents: lines of JSON.
  public init(contents: Data) {
    let lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      guard line.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
      guard let object = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
        otherLines.append(index + 1)
        continue
      }
      if let epoch = object.epoch {
        add(epoch)
      } else if object.isRestart {
        restart()
      } else if !object.isEvent {
        otherLines.append(index + 1)
      }
    }
  }

  private mutating func add(_ epoch: Epoch) {
    if let last = epochs.last, epoch.epoch <= last.epoch { restart() }
    epochs.append(epoch)
  }

  private mutating func restart() {
    // A restart that is said is not seen again: there is no epoch before the next.
    epochs = []
    restarts += 1
  }

  /// Reads the history in an adapter's folder; nil where there is none.
  ///
  /// - Throws: `AdapterError`.
  public init?(folder: URL) throws(AdapterError) {
    let url = folder.appendingPathComponent(Self.file)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let contents: Data
    do {
      // Of anything but a file, reading may have no end.
      let values = try url.resolvingSymlinksInPath().resourceValues(forKeys: [
        .isRegularFileKey, .fileSizeKey,
      ])
      guard values.isRegularFile == true else {
        throw AdapterError(
          .malformed, path: url.path, expected: "a file", found: "something else")
      }
      guard let size = values.fileSize, size <= Self.limit else {
        throw AdapterError(
          .malformed, path: url.path, expected: "at most \(Self.limit) bytes",
          found: "\(values.fileSize ?? 0)")
      }
      contents = try Data(contentsOf: url)
    } catch let error as AdapterError {
      throw error
    } catch {
      throw AdapterError(
        .inputOutput, path: url.path, expected: "a readable file",
        found: error.localizedDescription)
    }
    self.init(contents: contents)
  }

  /// A hundred thousand epochs are less.
  private static let limit = 1 << 25

  /// A line, whatever it holds.
  private struct Line: Decodable {
    var epoch: Epoch?
    var isRestart = false
    /// Of whatever kind: `"event": "learning-rate"`, say.
    var isEvent = false

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let object = try decoder.container(keyedBy: Key.self)
      func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard
          let value = try? object.decodeIfPresent(Double.self, forKey: Key(stringValue: name)),
          range.contains(value)
        else { return nil }
        return value
      }
      isRestart =
        object.allKeys.contains { $0.stringValue.utf8.elementsEqual("restart".utf8) }
        || ["event", "kind"].contains {
          (try? object.decode(String.self, forKey: Key(stringValue: $0))) == "restart"
        }
      isEvent = (try? object.decode(String.self, forKey: Key(stringValue: "event"))) != nil
      // Figures that no training has are not drawn.
      guard !isRestart, !isEvent, let epoch = number("epoch", in: 1...1e6),
        epoch == epoch.rounded(),
        let loss = number("loss", in: -1e9...1e9)
      else { return }
      self.epoch = Epoch(
        epoch: Int(epoch), loss: loss, precision: number("devPrecision", in: 0...1),
        recall: number("devRecall", in: 0...1), f1: number("devF1", in: 0...1),
        exact: number("devExact", in: 0...1),
        isBest: (try? object.decode(Bool.self, forKey: Key(stringValue: "isBest"))) ?? false)
    }
  }
}
