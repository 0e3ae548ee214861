import Foundation

/// The part of `tokenizer_config.json` that matters to the BERT family.
struct TokenizerConfig {
  var lowercases: Bool?
  var stripsMarks: Bool?
  var isolatesIdeographs: Bool?
  var names = SpecialTokenNames()

  /// Reads the folder's `tokenizer_config.json`; all is nil where there is none.
  static func read(folder: URL) throws(TokenizerError) -> TokenizerConfig {
    let file = folder.appendingPathComponent("tokenizer_config.json")
    var config = TokenizerConfig()
    guard let bytes = try TokenizerSettings.contents(of: file) else { return config }
    var json = JSONCursor(bytes, file: file.path)
    try json.object { (json, key) throws(TokenizerError) in
      switch String(decoding: key, as: UTF8.self) {
      case "do_lower_case": config.lowercases = try json.boolOrNull()
      case "strip_accents": config.stripsMarks = try json.boolOrNull()
      case "tokenize_chinese_chars": config.isolatesIdeographs = try json.boolOrNull()
      case "unk_token": config.names.unknown = try tokenName(&json)
      case "cls_token": config.names.classification = try tokenName(&json)
      case "sep_token": config.names.separator = try tokenName(&json)
      case "mask_token": config.names.mask = try tokenName(&json)
      case "pad_token": config.names.padding = try tokenName(&json)
      default: try json.skipValue()
      }
    }
    try json.finish()
    return config
  }

  /// A token as a string, or as the object that older versions write (`{"content": "[CLS]", …}`).
  private static func tokenName(_ json: inout JSONCursor) throws(TokenizerError) -> String? {
    if json.null() { return nil }
    guard json.peek() == UInt8(ascii: "{") else { return try json.string() }
    var name: String?
    try json.object { (json, key) throws(TokenizerError) in
      if key.elementsEqual("content".utf8) {
        name = try json.string()
      } else {
        try json.skipValue()
      }
    }
    return name
  }
}
