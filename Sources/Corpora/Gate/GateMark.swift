/// What the writer notes beside what GATE has a place for, so that the same document comes back:
/// names of features and types that the reader takes out again.
enum GateMark {
  static let prefix = "enxerto."
  /// Of a document: its id.
  static let documentID = "enxerto.documentId"
  /// Of a document: `all` if every annotation set of it is meant to be read.
  static let sets = "enxerto.sets"
  /// Of a document: annotations with this Id or a greater one have none in the model.
  static let firstAssigned = "enxerto.firstAssignedId"
  /// Of an annotation: its id, where it is not a number.
  static let id = "enxerto.id"
  /// Of an annotation: that it is an entity, though its type is one of structure.
  static let entity = "enxerto.entity"
  /// Of an annotation: the Ids of its further fragments.
  static let fragments = "enxerto.fragments"
  /// Of a further fragment: the Id of the first.
  static let fragmentOf = "enxerto.fragmentOf"
  /// Of an annotation: its place among all of the document.
  static let order = "enxerto.order"
  /// The type of an annotation that is a section.
  static let section = "enxerto.Section"

  static let token = "Token"
  static let sentence = "Sentence"
  /// The set of what was markup before GATE read the document.
  static let markupSet = "Original markups"

  /// What ANNIE and TwitIE annotate that is no entity: tokens of every kind, sentences, gazetteer
  /// hits, steps on the way, paragraphs and other mark-up.
  static let structure: Set<String> = [
    "Token", "SpaceToken", "DEFAULT_TOKEN", "Sentence", "Split", "Lookup", "paragraph", "Hashtag",
    "UserID", "URL", "Emoticon", "FirstPerson", "VG", "NounChunk", "Temp", "TempDate",
    "TempPerson", "TempLocation", "TempOrganization", "TempIdentifier", "TempTime",
  ]
}
