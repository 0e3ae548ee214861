import Corpora
import Foundation

// The two functions that libFuzzer calls. `ENXERTO_FUZZ` names the format; `list` prints all of
// them; with `ENXERTO_FUZZ_SEEDS=CORPUS:FOLDER` first inputs are written to the folder.

private let target = FuzzTarget(ProcessInfo.processInfo.environment["ENXERTO_FUZZ"] ?? "")

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  let environment = ProcessInfo.processInfo.environment
  if environment["ENXERTO_FUZZ"] == "list" {
    for format in CorpusFormat.allCases { print(format.rawValue) }
    exit(0)
  }
  guard let target else {
    print("fuzz: ENXERTO_FUZZ: expected the name of a format")
    exit(64)
  }
  if let seeds = environment["ENXERTO_FUZZ_SEEDS"]?.split(separator: ":"), seeds.count == 2 {
    do {
      try Seeds(corpus: String(seeds[0]), folder: String(seeds[1])).write(for: target.format)
      exit(0)
    } catch {
      print("fuzz: seeds: \(error)")
      exit(74)
    }
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  target?.check(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}
