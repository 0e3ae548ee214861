import Foundation
import Testing

/// The program at work, with both ends of its pipes in our hands.
private final class Conversation {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ arguments: [String], in directory: URL) throws {
    process.executableURL = try Binary.url()
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { process.terminate() }

  func say(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// What comes until it ends so, or so many seconds have passed.
  func hear(until end: String, seconds: Double = 20) -> String {
    let descriptor = output.fileHandleForReading.fileDescriptor
    let deadline = Date(timeIntervalSinceNow: seconds)
    var heard: [UInt8] = []
    while Date() < deadline, !heard.reversed().starts(with: end.utf8.reversed()) {
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, 100) > 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      heard += buffer.prefix(count)
    }
    return String(decoding: heard, as: UTF8.self)
  }

  /// Closes the pipe and gives the exit code.
  func end() throws -> Int32 {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// Whoever types into the pipe is answered before the next line.
@Suite struct TagPromptnessTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace.withAdapter() }

  private func begin(_ more: String...) throws -> Conversation {
    try Conversation(
      ["tag", "--adapter", "adapter", "--threads", "1"] + more, in: workspace.folder)
  }

  @Test func everyLineIsAnswered() throws {
    let talk = try begin()
    for word in ["Ana", "Porto", "Rui"] {
      try talk.say(word + "\n")
      let answer = talk.hear(until: "\n\n")
      #expect(answer.hasPrefix(word + "\t") && answer.hasSuffix("\n\n"), "\(answer)")
    }
    try talk.say("half a")
    #expect(talk.hear(until: "\n", seconds: 0.3) == "")
    try talk.say(" line\n")
    #expect(talk.hear(until: "\n\n").hasPrefix("half\t"))
    #expect(try talk.end() == 0)
  }

  @Test func everyObjectIsAnswered() throws {
    let talk = try begin("--input-format", "jsonl")
    for text in ["Ana", "", "Porto"] {
      try talk.say(text.isEmpty ? "\n" : "{\"text\":\"\(text)\"}\n")
      #expect(talk.hear(until: "\n").hasPrefix("{\"text\":\"\(text)\","))
    }
    #expect(try talk.end() == 0)
  }

  @Test(arguments: ["conll", "wnut17"])
  func aSentenceOfRowsIsAnsweredOnceItsBlankLineHasCome(format: String) throws {
    let talk = try begin("--input-format", format)
    for word in ["Ana", "Porto"] {
      try talk.say("\(word)\tx\nwent\tx\n")
      #expect(talk.hear(until: "\n", seconds: 0.3) == "")
      try talk.say("\n")
      let answer = talk.hear(until: "\n\n")
      #expect(answer.hasPrefix("\(word)\tx\t") && answer.hasSuffix("\n\n"), "\(answer)")
    }
    try talk.say("Rui\tx")
    #expect(try talk.end() == 0)
    #expect(talk.hear(until: "\u{0}", seconds: 5).hasPrefix("Rui\tx\t"))
  }
}
