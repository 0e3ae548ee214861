public import Foundation

/// The tokenizer of the BERT family: normaliser, pre-tokenizer and WordPiece, with the ids *and* the
/// offsets that Hugging Face's `tokenizers` library gives for the same folder.
///
/// Text is always text: `[SEP]` typed by a user is five wordpieces and never the separator (as with
/// `encode_special_tokens` in that library), so that no input can forge the encoder's special rows.
/// Callers place special tokens by id.
public struct WordpieceTokenizer: Sendable {
  public let vocabulary: Vocabulary
  /// `[UNK]`: for words that the vocabulary has no pieces for.
  public let unknownID: Int32
  /// `[CLS]`
  public let classificationID: Int32
  /// `[SEP]`
  public let separatorID: Int32
  /// `[MASK]`, where the vocabulary has it.
  public let maskID: Int32?
  /// `[PAD]`, where the vocabulary has it.
  public let paddingID: Int32?
  /// Whether text is lower-cased first.
  public var lowercases: Bool { normalizer.lowercases }

  let normalizer: Normalizer
  private let matcher: WordpieceMatcher

  /// Reads a folder as Hugging Face lays it out.
  ///
  /// `tokenizer.json` is followed where there is one (over `tokenizer_config.json`, where they disagree);
  /// else `vocab.txt` with `tokenizer_config.json` (`do_lower_case`, `strip_accents`,
  /// `tokenize_chinese_chars`). Where neither says whether to lower-case, text is lower-cased unless the
  /// vocabulary has a token that is one capital letter from A to Z.
  /// - Throws: `TokenizerError` for files that are missing, malformed or of another family.
  public init(folder: URL) throws(TokenizerError) {
    let settings = try TokenizerSettings.read(folder: folder)
    let vocabulary = settings.vocabulary
    func required(_ token: String) throws(TokenizerError) -> Int32 {
      guard let id = vocabulary.id(of: token) else {
        throw .missingToken(file: settings.vocabularyFile, token: token)
      }
      return id
    }
    unknownID = try required(settings.unknownToken)
    classificationID = try required(settings.names.classification ?? "[CLS]")
    separatorID = try required(settings.names.separator ?? "[SEP]")
    maskID = vocabulary.id(of: settings.names.mask ?? "[MASK]")
    paddingID = vocabulary.id(of: settings.names.padding ?? "[PAD]")
    self.vocabulary = vocabulary
    normalizer = settings.normalizer
    matcher = WordpieceMatcher(
      vocabulary: vocabulary, unknownID: unknownID,
      continuingPrefix: Array(settings.continuingPrefix.utf8), longestWord: settings.longestWord)
  }

  /// The wordpieces of a text, without special tokens. Ranges count Unicode scalars of `text`.
  public func wordpieces(of text: some StringProtocol) -> [Wordpiece] {
    pieces(of: String(text)).output.wordpieces
  }

  /// The same, word by word: the encoder's own words, which end at white space and punctuation. None is empty.
  public func words(of text: some StringProtocol) -> [ArraySlice<Wordpiece>] {
    let output = pieces(of: String(text)).output
    let ends = output.wordStarts.dropFirst() + [output.wordpieces.count]
    return zip(output.wordStarts, ends).map { output.wordpieces[$0..<$1] }
  }

  /// The wordpieces of a word of a corpus, tokenized on its own as a text is. Never empty: a word that
  /// yields none (empty, or only control characters) is one unknown piece over the whole word.
  public func wordpieces(ofWord word: some StringProtocol) -> [Wordpiece] {
    let (output, count) = pieces(of: String(word))
    return output.wordpieces.isEmpty
      ? [Wordpiece(id: unknownID, range: 0..<count)] : output.wordpieces
  }

  /// The ids of `wordpieces(ofWord:)`; never empty.
  public func wordpieceIDs(ofWord word: some StringProtocol) -> [Int32] {
    wordpieces(ofWord: word).map(\.id)
  }

  private func pieces(of text: String) -> (output: PreTokenizer, scalarCount: Int) {
    var text = text
    return text.withUTF8 { utf8 in
      var output = PreTokenizer(matcher: matcher, expected: utf8.count / 4 + 1)
      let count = normalizer.normalize(utf8, into: &output)
      output.finishWord()
      return (output, count)
    }
  }
}
