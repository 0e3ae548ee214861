/// Adds entities to a document of a corpus in the document's own format.
public protocol CorpusRewriter: Sendable {
  /// How many texts there are to be tagged.
  var count: Int { get }

  /// A text to be tagged.
  func text(_ index: Int) -> RewritableText

  /// Adds what was found in a text. Texts may come in any order, each once.
  ///
  /// - Parameter entities: in order of position, none overlapping.
  mutating func add(_ entities: [PredictedEntity], to index: Int)

  /// The file with all that was added.
  mutating func finish() -> [UInt8]

  /// What could not be done as asked, a line for each reason.
  var notes: [String] { get }
}

extension XMLRewriter: CorpusRewriter {}
