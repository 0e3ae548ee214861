/// Reads `tokenizer.json`, the file of the `tokenizers` library, for the BERT family.
///
/// Truncation and padding are not followed, as windows are our own affair; nor are added tokens that are
/// special, as text never yields them.
enum TokenizerJSON {
  static func read(_ bytes: [UInt8], file: String) throws(TokenizerError) -> TokenizerSettings {
    var json = JSONCursor(bytes, file: file)
    var normalizer: Normalizer?
    var hasPreTokenizer = false
    var model: Model?
    try json.object { (json, key) throws(TokenizerError) in
      switch String(decoding: key, as: UTF8.self) {
      case "normalizer": normalizer = try readNormalizer(&json)
      case "pre_tokenizer":
        try readPreTokenizer(&json)
        hasPreTokenizer = true
      case "added_tokens": try readAddedTokens(&json)
      case "model": model = try readModel(&json, byteCount: bytes.count / 2)
      default: try json.skipValue()
      }
    }
    try json.finish()
    guard let normalizer else {
      throw missing(file, "normalizer", expected: "a BertNormalizer")
    }
    guard hasPreTokenizer else {
      throw missing(file, "pre_tokenizer", expected: "a BertPreTokenizer")
    }
    guard let model else { throw missing(file, "model", expected: "a WordPiece model") }
    var settings = TokenizerSettings(vocabulary: model.vocabulary, vocabularyFile: file)
    settings.normalizer = normalizer
    settings.unknownToken = model.unknownToken ?? settings.unknownToken
    settings.continuingPrefix = model.continuingPrefix ?? settings.continuingPrefix
    settings.longestWord = model.longestWord ?? settings.longestWord
    return settings
  }

  private static func readNormalizer(_ json: inout JSONCursor) throws(TokenizerError) -> Normalizer
  {
    var normalizer = Normalizer()
    var stripsMarks: Bool?
    try typed(&json, setting: "normalizer", expected: "BertNormalizer") {
      (json, key) throws(TokenizerError) in
      switch key {
      case "clean_text": normalizer.cleansText = try json.bool()
      case "handle_chinese_chars": normalizer.isolatesIdeographs = try json.bool()
      case "strip_accents": stripsMarks = try json.boolOrNull()
      case "lowercase": normalizer.lowercases = try json.bool()
      default: try json.skipValue()
      }
    }
    normalizer.stripsMarks = stripsMarks ?? normalizer.lowercases
    return normalizer
  }

  private static func readPreTokenizer(_ json: inout JSONCursor) throws(TokenizerError) {
    try typed(&json, setting: "pre_tokenizer", expected: "BertPreTokenizer") {
      (json, _) throws(TokenizerError) in
      try json.skipValue()
    }
  }

  private static func readAddedTokens(_ json: inout JSONCursor) throws(TokenizerError) {
    let file = json.file
    try json.array { (json) throws(TokenizerError) in
      var isSpecial = false
      var content = ""
      try json.object { (json, key) throws(TokenizerError) in
        switch String(decoding: key, as: UTF8.self) {
        case "special": isSpecial = try json.bool()
        case "content": content = try json.string()
        default: try json.skipValue()
        }
      }
      guard isSpecial else {
        throw .unsupported(
          file: file, setting: "added_tokens", expected: "special tokens only",
          found: "“\(content)”, to be matched in text before it is split")
      }
    }
  }

  private struct Model {
    var vocabulary: Vocabulary
    var unknownToken: String?
    var continuingPrefix: String?
    var longestWord: Int?
  }

  private static func readModel(
    _ json: inout JSONCursor, byteCount: Int
  ) throws(TokenizerError) -> Model {
    let file = json.file
    var vocabulary: Vocabulary?
    var unknownToken: String?
    var continuingPrefix: String?
    var longestWord: Int?
    // Old files do not name the model's type; only WordPiece has a prefix for pieces within a word.
    try typed(&json, setting: "model", expected: "WordPiece", isOptional: true) {
      (json, key) throws(TokenizerError) in
      switch key {
      case "unk_token": unknownToken = try json.string()
      case "continuing_subword_prefix": continuingPrefix = try json.string()
      case "max_input_chars_per_word": longestWord = try json.wholeNumber()
      case "merges":
        throw .unsupported(
          file: file, setting: "model", expected: "WordPiece", found: "a BPE model (“merges”)")
      case "vocab":
        guard json.peek() == UInt8(ascii: "{") else {
          throw .unsupported(
            file: file, setting: "model.vocab", expected: "an object (WordPiece)",
            found: "another model's vocabulary")
        }
        var builder = VocabularyBuilder(file: file, byteCount: byteCount)
        try json.object { (json, token) throws(TokenizerError) in
          try builder.add(token, id: json.wholeNumber())
        }
        vocabulary = try builder.finish()
      default: try json.skipValue()
      }
    }
    guard let vocabulary else { throw missing(file, "model.vocab", expected: "an object") }
    return Model(
      vocabulary: vocabulary, unknownToken: unknownToken, continuingPrefix: continuingPrefix,
      longestWord: longestWord)
  }

  /// Reads an object with a “type”; `member` gets every other key.
  private static func typed(
    _ json: inout JSONCursor, setting: String, expected: String, isOptional: Bool = false,
    _ member: (inout JSONCursor, String) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    let file = json.file
    func wrong(_ found: String) -> TokenizerError {
      .unsupported(file: file, setting: setting, expected: expected, found: found)
    }
    if json.null() { throw wrong("null") }
    var isTyped = isOptional
    try json.object { (json, key) throws(TokenizerError) in
      let key = String(decoding: key, as: UTF8.self)
      if key == "type" {
        let type = try json.string()
        guard type == expected else { throw wrong(type) }
        isTyped = true
      } else {
        try member(&json, key)
      }
    }
    if !isTyped { throw wrong("no type") }
  }

  private static func missing(
    _ file: String, _ setting: String, expected: String
  ) -> TokenizerError {
    .unsupported(file: file, setting: setting, expected: expected, found: "nothing")
  }
}
