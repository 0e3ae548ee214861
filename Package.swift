// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target with the settings every target shares.
func library(_ name: String, imports: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

/// The tests of one library; every test target may use `TestSupport`.
func tests(
  _ name: String, of imports: [Target.Dependency], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: imports + ["TestSupport"], resources: resources,
    swiftSettings: settings)
}

/// What answers from documents need, where they are wanted.
let retrieval = Target.Dependency.target(
  name: "Retrieval", condition: .when(traits: ["Documents"]))
let sqlite = Target.Dependency.product(
  name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Documents"]))

let package = Package(
  name: "enxerto",
  products: [
    .executable(name: "enxerto", targets: ["enxerto"]),
    .library(name: "Corpora", targets: ["Corpora"]),
    .library(name: "Encoders", targets: ["Encoders"]),
    .library(name: "Inference", targets: ["Inference"]),
    .library(name: "PTuning", targets: ["PTuning"]),
    .library(name: "Retrieval", targets: ["Retrieval"]),
    .library(name: "Tasks", targets: ["Tasks"]),
    .library(name: "Tokenization", targets: ["Tokenization"]),
    .library(name: "Training", targets: ["Training"]),
  ],
  traits: [
    .trait(
      name: "OneDNN",
      description: "Products by oneDNN (Debian: libdnnl-dev), beside OpenBLAS."),
    .trait(
      name: "Documents",
      description: "Answers from a folder of documents, by SQLite's FTS5 (Debian: libsqlite3-dev)."),
    .default(enabledTraits: ["OneDNN", "Documents"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(
      name: "COneDNN",
      cSettings: [.define("ENX_ONEDNN", .when(platforms: [.linux], traits: ["OneDNN"]))],
      linkerSettings: [.linkedLibrary("dnnl", .when(platforms: [.linux], traits: ["OneDNN"]))]),
    .target(name: "CKernels"),
    .target(name: "CSystem"),
    library("Kernels", imports: ["COpenBLAS", "COneDNN", "CKernels"]),
    library("Tokenization", imports: []),
    library("Corpora", imports: ["Tokenization", "CLibXML2"]),
    library("Encoders", imports: ["Kernels", "CKernels"]),
    library("PTuning", imports: ["Encoders", "Kernels", "Tokenization"]),
    library(
      "Tasks",
      imports: ["PTuning", "Corpora", "Encoders", "Kernels", "Tokenization", "CSystem"]),
    library(
      "Training",
      imports: ["CKernels", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization"]),
    library("Retrieval", imports: ["Tokenization", sqlite]),
    library(
      "Inference",
      imports: ["Tasks", "Corpora", "Encoders", retrieval, "Tokenization"]),
    .executableTarget(
      name: "enxerto",
      dependencies: [
        "Training", "Inference", retrieval, "Tasks", "PTuning", "Corpora", "Encoders",
        "Kernels", "Tokenization",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "enxerto-bench",
      dependencies: [
        "Training", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Kernels", "Encoders"], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("KernelsTests", of: ["Kernels", "CKernels"]),
    tests("TokenizationTests", of: ["Tokenization"], resources: [.copy("Fixtures")]),
    tests("CorporaTests", of: ["Corpora", "Kernels", "Tokenization"]),
    tests("EncodersTests", of: ["Encoders", "Kernels"], resources: [.copy("Fixtures")]),
    tests(
      "PTuningTests", of: ["PTuning", "Encoders", "Kernels", "Tokenization"],
      resources: [.copy("Fixtures")]),
    tests(
      "TasksTests",
      of: ["Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization"]),
    tests(
      "TrainingTests",
      of: ["Training", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization"]),
    tests(
      "InferenceTests",
      of: [
        "Inference", "Training", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels",
        "Tokenization",
      ]),
    tests(
      "RetrievalTests",
      of: [retrieval, sqlite]),
    tests("CommandLineTests", of: ["enxerto"]),
  ]
)
