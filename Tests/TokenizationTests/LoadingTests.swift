import Foundation
import Testing

@testable import Tokenization

struct LoadingTests {
  /// Runs `body` with a folder that holds `files`.
  private func with<Result>(
    _ files: [String: String], _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("enxerto-tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    return try body(folder)
  }

  private func error(_ files: [String: String]) throws -> TokenizerError? {
    try with(files) { folder in
      do throws(TokenizerError) {
        _ = try WordpieceTokenizer(folder: folder)
        return nil
      } catch {
        return error
      }
    }
  }

  private static let special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"

  private static func json(
    normalizer: String = #"{"type":"BertNormalizer","lowercase":true,"strip_accents":null}"#,
    pre: String = #"{"type":"BertPreTokenizer"}"#, added: String = "[]",
    model: String =
      #"{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3}}"#
  ) -> String {
    #"{"version":"1.0","normalizer":\#(normalizer),"pre_tokenizer":\#(pre),"#
      + #""added_tokens":\#(added),"model":\#(model)}"#
  }

  @Test func vocabularyList() throws {
    try with(["vocab.txt": Self.special + "a\r\n##b\né\ne\u{301}"]) { folder in
      let tokenizer = try WordpieceTokenizer(folder: folder)
      #expect(tokenizer.vocabulary.count == 8)
      #expect(tokenizer.lowercases)
      #expect(tokenizer.maskID == nil)
      #expect(tokenizer.paddingID == 0)
      #expect(tokenizer.vocabulary.id(of: "é") == 6)
      #expect(tokenizer.vocabulary.id(of: "e\u{301}") == 7)
      #expect(tokenizer.vocabulary.id(of: "##") == nil)
      #expect(tokenizer.vocabulary.token(for: 5) == "##b")
      #expect(tokenizer.vocabulary.token(for: 8) == nil)
      #expect(tokenizer.vocabulary.token(for: -1) == nil)
      #expect(tokenizer.wordpieceIDs(ofWord: "AB") == [4, 5])
    }
  }

  @Test func capitalLettersMeanCased() throws {
    try with(["vocab.txt": Self.special + "A\na\n"]) { folder in
      let tokenizer = try WordpieceTokenizer(folder: folder)
      #expect(!tokenizer.lowercases)
      #expect(tokenizer.wordpieceIDs(ofWord: "A") == [4])
    }
  }

  @Test func configIsFollowed() throws {
    let config =
      #"{"do_lower_case":false,"strip_accents":true,"cls_token":{"content":"<s>"},"#
      + #""sep_token":"</s>","x":[1,{"y":-1.5e3}],"unk_token":"[UNK]"}"#
    let files = ["vocab.txt": "[UNK]\n<s>\n</s>\ne\n", "tokenizer_config.json": config]
    try with(files) { folder in
      let tokenizer = try WordpieceTokenizer(folder: folder)
      #expect(tokenizer.classificationID == 1)
      #expect(tokenizer.separatorID == 2)
      #expect(tokenizer.wordpieceIDs(ofWord: "é") == [3])
      #expect(tokenizer.wordpieceIDs(ofWord: "É") == [0])
    }
  }

  @Test func tokenizerJSONWins() throws {
    let files = [
      "tokenizer.json": Self.json(), "vocab.txt": "nothing of use",
      "tokenizer_config.json": #"{"do_lower_case":false}"#,
    ]
    try with(files) { folder in
      let tokenizer = try WordpieceTokenizer(folder: folder)
      #expect(tokenizer.lowercases)
      #expect(tokenizer.wordpieceIDs(ofWord: "A") == [3])
    }
  }

  @Test func escapesInJSON() throws {
    let model =
      #"{"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"\u00e9":4,"\ud83d\ude00":3,"\"\\\/\b\f\n\r\t":5}}"#
    try with(["tokenizer.json": Self.json(model: model)]) { folder in
      let vocabulary = try WordpieceTokenizer(folder: folder).vocabulary
      #expect(vocabulary.token(for: 3) == "😀")
      #expect(vocabulary.token(for: 4) == "é")
      #expect(vocabulary.token(for: 5) == "\"\\/\u{8}\u{C}\n\r\t")
    }
  }

  @Test(arguments: ["", "\u{200B}", "\u{FE0F}", " ", "\u{0}"])
  func emptyWordIsUnknown(word: String) throws {
    let tokenizer = try Golden.tokenizer(.cased)
    let expected = word == "\u{FE0F}" ? 1 : 0
    #expect(tokenizer.wordpieceIDs(ofWord: word).count == 1)
    #expect(
      tokenizer.wordpieces(ofWord: word).first?.range == 0..<word.unicodeScalars.count)
    #expect(tokenizer.wordpieces(of: word).count == expected)
  }

  @Test func substringsCountFromTheirStart() throws {
    let tokenizer = try Golden.tokenizer(.cased)
    let text = "été the Porto"
    #expect(tokenizer.wordpieces(of: text.dropFirst(8)) == tokenizer.wordpieces(of: "Porto"))
  }

  @Test(
    arguments: [
      ([:], "expected tokenizer.json or vocab.txt"),
      (["vocab.txt": ""], "found no token"),
      (["vocab.txt": special + "a\nb\na\n"], "found “a” with the ids 4 and 6"),
      (["vocab.txt": "[CLS]\n[SEP]\n"], "the token “[UNK]”"),
      (["vocab.txt": "[UNK]\n[SEP]\n"], "the token “[CLS]”"),
      (["vocab.txt": "[UNK]\n[CLS]\n"], "the token “[SEP]”"),
      (
        ["vocab.txt": special, "tokenizer_config.json": "{\n\"x\" 1}"],
        "config.json:2:5: expected “:”"
      ),
      (["tokenizer.json": ""], "tokenizer.json:1:1: expected an object, found the end"),
      (["tokenizer.json": "{\"model\":"], "expected"),
      (["tokenizer.json": "{\"x\":\"\\ud800\"}"], "a Unicode scalar"),
      (["tokenizer.json": "{\"x\":\"\\q\"}"], "an escape"),
      (["tokenizer.json": "{\"x\":nul}"], "true, false or null"),
      (["tokenizer.json": "{} x"], "the end of the file"),
      (["tokenizer.json": String(repeating: "{\"x\":[", count: 9999)], "512 levels"),
      (["tokenizer.json": "{}"], "normalizer: expected a BertNormalizer, found nothing"),
      (["tokenizer.json": json(normalizer: "null")], "expected BertNormalizer, found null"),
      (["tokenizer.json": json(normalizer: #"{"type":"NFC"}"#)], "found NFC"),
      (["tokenizer.json": json(pre: #"{"type":"ByteLevel"}"#)], "found ByteLevel"),
      (
        ["tokenizer.json": json(model: #"{"type":"BPE","vocab":{}}"#)],
        "expected WordPiece, found BPE"
      ),
      (["tokenizer.json": json(model: #"{"vocab":{"a":0},"merges":[]}"#)], "a BPE model"),
      (["tokenizer.json": json(model: #"{"vocab":{}}"#)], "found no token"),
      (["tokenizer.json": json(model: #"{"vocab":[["a",-1]]}"#)], "another model's vocabulary"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":1.5}}"#)], "a whole number"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":-1}}"#)], "not negative"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":99999999999999999999}}"#)], "below 2^63"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":99999999999}}"#)], "below 16 MiB"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":0,"b":0}}"#)], "found the id 0 twice"),
      (["tokenizer.json": json(model: #"{"vocab":{"a":0,"b":7}}"#)], "found the id 7"),
      (["tokenizer.json": json(added: #"[{"content":"<x>","special":false}]"#)], "“<x>”"),
    ] as [([String: String], String)])
  func badFolders(files: [String: String], message: String) throws {
    let found = try #require(try error(files), "no error for \(files)")
    #expect(found.description.contains(message), "\(found)")
  }

  @Test func invalidBytesInVocabulary() throws {
    try with([:]) { folder in
      let bytes = Data("[UNK]\nab".utf8) + [0xC3, 0x28, 0x0A]
      try bytes.write(to: folder.appendingPathComponent("vocab.txt"))
      let error = #expect(throws: TokenizerError.self) { try WordpieceTokenizer(folder: folder) }
      #expect(error?.description.contains("vocab.txt:2:3: expected UTF-8") == true)
    }
  }
}
