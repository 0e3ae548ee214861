import ArgumentParser
import Encoders
import Foundation
import Kernels

/// Options that mean the same in every command.
struct CommonOptions: ParsableArguments {
  @Option(help: "How many threads to use; all processors unless said.")
  var threads: Int?

  @Flag(help: "Say nothing but warnings and errors.")
  var quiet = false

  @Flag(help: "Print results as JSON (train, evaluate, inspect, answer --question).")
  var json = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads: expected 1 to 1024, found \(threads)")
    }
  }

  var threadCount: Int { threads ?? Parallel.availableThreads }

  /// Writes a line to standard error, unless `--quiet`.
  func say(_ line: String) {
    if !quiet { StandardError.write(line) }
  }

  /// Writes a warning to standard error, always. A name in it may hold what a terminal would obey: that is shown as
  /// U+FFFD.
  func warn(_ line: String) {
    let shown = line.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        ? "\u{FFFD}" : scalar
    }
    StandardError.write("warning: \(String(String.UnicodeScalarView(shown)))")
  }
}

/// Where the process runs.
enum Surroundings {
  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  static var currentDirectory: URL {
    URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
  }
}
