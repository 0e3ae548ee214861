import Foundation

/// All that a folder says about its tokenizer.
struct TokenizerSettings {
  var normalizer = Normalizer()
  var vocabulary: Vocabulary
  /// The file that the vocabulary came from, for errors.
  var vocabularyFile: String
  var unknownToken = "[UNK]"
  var continuingPrefix = "##"
  var longestWord = 100
  var names = SpecialTokenNames()

  /// Reads `tokenizer.json`, or `vocab.txt` where there is none; `tokenizer_config.json` is optional.
  static func read(folder: URL) throws(TokenizerError) -> TokenizerSettings {
    let config = try TokenizerConfig.read(folder: folder)
    var settings: TokenizerSettings
    let json = folder.appendingPathComponent("tokenizer.json")
    let list = folder.appendingPathComponent("vocab.txt")
    if let bytes = try contents(of: json) {
      settings = try TokenizerJSON.read(bytes, file: json.path)
    } else if let bytes = try contents(of: list) {
      let vocabulary = try VocabularyList.read(bytes, file: list.path)
      settings = TokenizerSettings(vocabulary: vocabulary, vocabularyFile: list.path)
      settings.unknownToken = config.names.unknown ?? settings.unknownToken
      settings.normalizer.lowercases = config.lowercases ?? !VocabularyList.isCased(vocabulary)
      settings.normalizer.stripsMarks = config.stripsMarks ?? settings.normalizer.lowercases
      settings.normalizer.isolatesIdeographs = config.isolatesIdeographs ?? true
    } else {
      throw .noVocabulary(folder: folder.path)
    }
    settings.names = config.names
    return settings
  }

  /// The bytes of a file; nil where there is none.
  static func contents(of file: URL) throws(TokenizerError) -> [UInt8]? {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return nil
    } catch {
      throw .unreadable(file: file.path, reason: error.localizedDescription)
    }
  }
}

/// What special tokens are called, where a folder says so.
struct SpecialTokenNames {
  var unknown: String?
  var classification: String?
  var separator: String?
  var mask: String?
  var padding: String?
}
