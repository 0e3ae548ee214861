// swift-tools-version: 6.2
import PackageDescription

// Built by `tools/fuzz` with libFuzzer; apart from the project's package, whose users need none of it.
let package = Package(
  name: "fuzz-readers",
  dependencies: [.package(name: "enxerto", path: "../..")],
  targets: [
    .executableTarget(
      name: "FuzzReaders",
      dependencies: [.product(name: "Corpora", package: "enxerto")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
