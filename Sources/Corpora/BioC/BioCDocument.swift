/// A document of BioC as its file has it.
struct BioCDocument {
  struct Location {
    var offset: Int
    var length: Int
  }

  struct Annotation {
    var id: String?
    var infons: [Attribute] = []
    /// nil for one whose numbers are none.
    var locations: [Location?] = []
    var text: String?
  }

  /// A passage, or a sentence of one.
  struct Part {
    var infons: [Attribute] = []
    var offset: Int?
    var text: String?
    var annotations: [Annotation] = []
    var sentences: [Part] = []
  }

  var id: String?
  var infons: [Attribute] = []
  var passages: [Part] = []
  var annotations: [Annotation] = []

  /// What stands in a passage that is no section: see `BioCWriter`.
  static let noSection = Attribute("section", "no")
  /// The infon of a document that says how the ids begin which its writer has given to annotations
  /// without one: many readers want an id.
  static let idPrefix = "enxerto.idPrefix"

  /// Takes out the ids that were given by `BioCWriter`.
  mutating func removeGivenIDs() {
    guard let last = infons.last, last.name.hasSameBytes(as: Self.idPrefix), !last.value.isEmpty
    else { return }
    infons.removeLast()
    let prefix = last.value
    Self.removeIDs(with: prefix, from: &annotations)
    for passage in passages.indices {
      Self.removeIDs(with: prefix, from: &passages[passage].annotations)
      for sentence in passages[passage].sentences.indices {
        Self.removeIDs(with: prefix, from: &passages[passage].sentences[sentence].annotations)
      }
    }
  }

  private static func removeIDs(with prefix: String, from annotations: inout [Annotation]) {
    for index in annotations.indices
    where annotations[index].id?.utf8.starts(with: prefix.utf8) ?? false {
      annotations[index].id = nil
    }
  }

  /// The label of an annotation without a `type`.
  static let unknownLabel = "entity"
}
