import Foundation
import Retrieval
import Testing

@Suite struct UpdateTests {
  @Test func findsDocumentsInFolders() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Lisbon lies on the Tagus.")
    try folder.write("deep/er/b.MD", "Turin lies on the Po.")
    try folder.write("deep/README", "Vienna lies on the Danube.")
    try folder.write("c.rst", "Rome lies on the Tiber.")
    try folder.write("d.markdown", "Paris lies on the Seine.")
    try folder.write("e.text", "London lies on the Thames.")
    try folder.write("picture.png", "Seville lies on the Guadalquivir.")
    try folder.write(".hidden.txt", "Prague lies on the Vltava.")
    try folder.write(".git/config", "Berlin lies on the Spree.")
    let (summary, events) = try folder.update()
    #expect(summary.added == 6 && summary.documents == 6 && summary.passages == 6)
    #expect(summary.ignored == 1 && summary.skipped == 0 && summary.isComplete)
    #expect(events.first == .surveyed(documents: 6, toRead: 6))
    #expect(events.dropFirst().first == .added(path: "a.txt", passages: 1))
    #expect(events.count == 7)
    #expect(try folder.find("Which town lies on the Po?").first == "deep/er/b.MD")
    #expect(try folder.find("Danube") == ["deep/README"])
    #expect(try folder.find("Guadalquivir Vltava Spree") == [])
    let found = try #require(try PassageIndex(at: folder.index).search("Danube", limit: 1).first)
    #expect(found.title == "README" && found.range == 0..<26 && found.score > 0)
    #expect(found.text == "Vienna lies on the Danube.")
  }

  @Test func readsWhatChangedAlone() throws {
    let folder = try DocumentFolder()
    for name in ["a", "b", "c", "d"] {
      try folder.write("\(name).txt", "Something about \(name)nn.")
    }
    try folder.update()
    try folder.write("b.txt", "Another matter altogether.")
    try folder.remove("c.txt")
    try folder.write("e.txt", "A newcomer.")
    let (summary, events) = try folder.update()
    #expect(
      (summary.added, summary.changed, summary.removed, summary.unchanged) == (1, 1, 1, 2))
    #expect(summary.documents == 4 && summary.passages == 4)
    #expect(
      events.dropFirst() == [
        .removed(path: "c.txt"), .changed(path: "b.txt", passages: 1),
        .added(path: "e.txt", passages: 1),
      ])
    #expect(try folder.find("bnn") == [])
    #expect(try folder.find("cnn") == [])
    #expect(try folder.find("ann") == ["a.txt"])
    #expect(try folder.find("altogether") == ["b.txt"])
    #expect(try folder.find("newcomer") == ["e.txt"])
    #expect(try isConsistent(folder))
  }

  @Test func seesAChangeOfTheSameLengthAtOnce() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "The answer is sugar.")
    try folder.update()
    // Within a tick of the clock, perhaps, and with the time of before.
    let before = try FileManager.default.attributesOfItem(atPath: folder.url("a.txt").path)
    try folder.write("a.txt", "The answer is honey.")
    try FileManager.default.setAttributes(
      [.modificationDate: try #require(before[.modificationDate])],
      ofItemAtPath: folder.url("a.txt").path)
    #expect(try folder.update().summary.changed == 1)
    #expect(try folder.find("sugar") == [] && folder.find("honey") == ["a.txt"])
  }

  @Test func aTouchedDocumentIsUnchanged() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "The answer is sugar.")
    try folder.update()
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000.5)],
      ofItemAtPath: folder.url("a.txt").path)
    for _ in 0..<2 {
      let (summary, events) = try folder.update()
      #expect(summary.unchanged == 1 && summary.changed == 0)
      #expect(events.count == 1)
    }
  }

  @Test func aRenamedDocumentIsFoundByItsNewName() throws {
    let folder = try DocumentFolder()
    try folder.write("old/first name.txt", "The answer is sugar.")
    try folder.update()
    try folder.move("old", to: "new")
    try folder.move("new/first name.txt", to: "new/second name.txt")
    let (summary, _) = try folder.update()
    #expect(summary.added == 1 && summary.removed == 1 && summary.documents == 1)
    #expect(try folder.find("sugar") == ["new/second name.txt"])
    #expect(try folder.find("second") == ["new/second name.txt"] && folder.find("first") == [])
    #expect(try isConsistent(folder))
  }

  @Test func composedAndDecomposedNamesAreTwo() throws {
    let folder = try DocumentFolder()
    let names = ["caf\u{E9}.txt", "cafe\u{301}.txt"]
    for name in names {
      #expect(
        FileManager.default.createFile(
          atPath: folder.documents.path + "/" + name, contents: Data("sugar".utf8)))
    }
    #expect(try folder.update().summary.added == 2)
    #expect(try folder.update().summary.unchanged == 2)
    let found = try folder.find("sugar")
    #expect(Set(found.map { Array($0.utf8) }) == Set(names.map { Array($0.utf8) }))
  }

  @Test func linksToFilesAreFollowedAndLinksToFoldersAreNot() throws {
    let folder = try DocumentFolder()
    try Data("Beside the folder is sugar.".utf8).write(
      to: folder.place.appendingPathComponent("outside.txt"))
    try folder.write("sub/a.txt", "Honey.")
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: folder.url("link.txt").path, withDestinationPath: "../outside.txt")
    try manager.createSymbolicLink(atPath: folder.url("loop").path, withDestinationPath: ".")
    try manager.createSymbolicLink(atPath: folder.url("again").path, withDestinationPath: "sub")
    try manager.createSymbolicLink(atPath: folder.url("gone.txt").path, withDestinationPath: "no")
    let (summary, events) = try folder.update()
    #expect(summary.added == 2 && summary.skipped == 1)
    #expect(DocumentFolder.skipped(events) == ["gone.txt": "a link to what is not there"])
    #expect(try folder.find("sugar") == ["link.txt"] && folder.find("honey") == ["sub/a.txt"])
  }

  @Test func theIndexIsNoDocument() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    let index = try PassageIndex(at: folder.url("index"))
    for _ in 0..<2 {
      let summary = try index.update(folder: folder.documents)
      #expect(summary.documents == 1 && summary.skipped == 0 && summary.ignored == 0)
    }
  }

  @Test func anEmptyFolderEmptiesTheIndexAndAMissingOneDoesNot() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.update()
    let index = try PassageIndex(at: folder.index)
    let error = #expect(throws: RetrievalError.self) {
      try index.update(folder: folder.place.appendingPathComponent("nowhere"))
    }
    #expect(error?.kind == .missing)
    #expect(
      error?.description
        == "\(folder.place.path)/nowhere: expected a folder of documents, found none")
    let file = #expect(throws: RetrievalError.self) {
      try index.update(folder: folder.url("a.txt"))
    }
    #expect(file?.kind == .malformed)
    #expect(try folder.find("sugar") == ["a.txt"])
    try folder.remove("a.txt")
    let (summary, _) = try folder.update()
    #expect(summary.removed == 1 && summary.documents == 0 && summary.passages == 0)
    #expect(try folder.find("sugar") == [])
  }

  @Test func theFolderMayBeMoved() throws {
    let folder = try DocumentFolder()
    try folder.write("a.txt", "Sugar.")
    try folder.update()
    let moved = folder.place.appendingPathComponent("elsewhere")
    try FileManager.default.moveItem(at: folder.documents, to: moved)
    let summary = try PassageIndex(at: folder.index).update(folder: moved)
    #expect(summary.unchanged == 1)
  }
}
