import Foundation
import Testing

@testable import Tasks

@Suite struct AtomicFolderTests {
  private func text(_ folder: URL, _ name: String) -> String? {
    (try? Data(contentsOf: folder.appendingPathComponent(name))).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func oneRunAtATimeSavesToAFolder() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "locked-\(UUID().uuidString)")
    var lock: FolderLock? = try AtomicFolder(url).prepare()
    #expect(throws: AdapterError.self) { try AtomicFolder(url).prepare() }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try AtomicFolder(url).prepare()
  }

  @Test func savesAndReplacesWhole() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("deep/er/out"))
    #expect(!folder.exists)
    _ = try folder.prepare()
    #expect(!folder.exists)
    try folder.save([("a", Data("1".utf8)), ("b", Data("2".utf8))])
    #expect(folder.exists)
    #expect(text(folder.url, "a") == "1" && text(folder.url, "b") == "2")
    try folder.save([("a", Data("3".utf8))])
    #expect(text(folder.url, "a") == "3" && text(folder.url, "b") == nil)
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: folder.url.deletingLastPathComponent().path) == ["out"])
  }

  @Test func replacesAnEmptyFolder() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out/"))
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: false)
    _ = try folder.prepare()
    try folder.save([("a", Data("1".utf8))])
    #expect(text(folder.url, "a") == "1")
    #expect(place.names == ["out"])
  }

  @Test func replacesWhatALinkLeadsTo() throws {
    let place = try Workplace()
    let target = place.url.appendingPathComponent("target")
    let link = place.url.appendingPathComponent("link")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
    let folder = AtomicFolder(link)
    _ = try folder.prepare()
    try folder.save([("a", Data("1".utf8))])
    #expect(text(target, "a") == "1")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
  }

  /// Who is refused leaves the lock to who holds it.
  @Test func aFolderIsSavedToByOneAtATime() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out"))
    let lock = try folder.prepare()
    for _ in 0..<3 {
      do {
        _ = try folder.prepare()
        Issue.record("two hold the lock")
      } catch {
        #expect(error.kind == .busy)
      }
    }
    withExtendedLifetime(lock) {}
  }

  @Test func aFolderIsFreeWhereNobodySavesToIt() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out"))
    for _ in 0..<3 { _ = try folder.prepare() }
    #expect(place.names.isEmpty)
  }

  @Test func aFolderIsReplacedOnlyByWhatIsAsItShouldBe() throws {
    struct Unfit: Error {}
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out"))
    #expect(throws: Unfit.self) { try folder.save([("a", Data("1".utf8))]) { _ in throw Unfit() } }
    #expect(place.names.isEmpty)
    let seen = try folder.save([("a", Data("2".utf8))]) { text($0, "a") }
    #expect(seen == "2" && text(folder.url, "a") == "2")
    #expect(throws: Unfit.self) { try folder.save([("a", Data("3".utf8))]) { _ in throw Unfit() } }
    #expect(text(folder.url, "a") == "2" && place.names == ["out"])
  }

  @Test func refusesALinkThatLeadsNowhere() throws {
    let place = try Workplace()
    let link = place.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: place.url.appendingPathComponent("nowhere"))
    #expect(throws: AdapterError.self) { try AtomicFolder(link).prepare() }
  }

  @Test func removesWhatAnEarlierRunLeft() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out"))
    let strays = [".out.saving-new", ".out.saving-try-1", ".out.saving-try-2", ".out.saving-x"]
    let others = [".out", ".outer.saving-new", "out.saving-new", "a"]
    for name in strays + others {
      let url = place.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
      try Data("x".utf8).write(to: url.appendingPathComponent("file"))
    }
    _ = try folder.prepare()
    #expect(place.names == others.sorted())
    // A save alone is not kept from its work by them either.
    try FileManager.default.createDirectory(
      at: place.url.appendingPathComponent(strays[0]), withIntermediateDirectories: false)
    try folder.save([("a", Data())])
    #expect(place.names == (others + ["out"]).sorted())
  }

  @Test func keepsTheOldFolderWhereWritingFails() throws {
    let place = try Workplace()
    let folder = AtomicFolder(place.url.appendingPathComponent("out"))
    try folder.save([("a", Data("old".utf8))])
    do {
      try folder.save([("a", Data("new".utf8)), ("none/b", Data())])
      Issue.record("a file in a folder that is not there was written")
    } catch {
      #expect(error.kind == .inputOutput)
      #expect(error.path == folder.url.path)
      #expect(!error.expected.isEmpty && !error.found.isEmpty)
    }
    #expect(text(folder.url, "a") == "old")
    #expect(place.names == ["out"])
  }

  @Test func aParentThatCannotBeWrittenIsAnError() throws {
    let place = try Workplace()
    let file = place.url.appendingPathComponent("file")
    try Data().write(to: file)
    for url in [
      file.appendingPathComponent("out"), file.appendingPathComponent("deep/out"),
      URL(fileURLWithPath: "/proc/none/out"), URL(fileURLWithPath: "/proc/out"),
    ] {
      let folder = AtomicFolder(url)
      let attempts: [() throws -> Void] = [
        { _ = try folder.prepare() }, { try folder.save([("a", Data())]) },
      ]
      for attempt in attempts {
        #expect {
          try attempt()
        } throws: { error in
          guard let error = error as? AdapterError else { return false }
          return error.kind == .inputOutput && error.path.hasPrefix(url.path)
        }
      }
    }
    #expect(place.names == ["file"])
  }
}
