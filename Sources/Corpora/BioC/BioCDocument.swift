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
  /// The label of an annotation without a `type`.
  static let unknownLabel = "entity"
}
