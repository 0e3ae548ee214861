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
    .executable(name: "enxerto-server", targets: ["enxerto-server"]),
    .library(name: "Corpora", targets: ["Corpora"]),
    .library(name: "Encoders", targets: ["Encoders"]),
    .library(name: "Inference", targets: ["Inference"]),
    .library(name: "PTuning", targets: ["PTuning"]),
    .library(name: "Retrieval", targets: ["Retrieval"]),
    .library(name: "Service", targets: ["Service"]),
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
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
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
    .target(name: "CFileSystem"),
    library("Kernels", imports: ["COpenBLAS", "COneDNN", "CKernels"]),
    library("Tokenization", imports: []),
    library("Corpora", imports: ["Tokenization", "CLibXML2"]),
    library("Encoders", imports: ["Kernels", "CKernels"]),
    library("PTuning", imports: ["Encoders", "Kernels", "Tokenization"]),
    library(
      "Tasks",
      imports: ["PTuning", "Corpora", "Encoders", "Kernels", "Tokenization", "CFileSystem"]),
    library(
      "Training",
      imports: ["CKernels", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization"]),
    library("Retrieval", imports: ["Tokenization", sqlite]),
    library(
      "Inference",
      imports: ["Tasks", "Corpora", "Encoders", retrieval, "Tokenization"]),
    .target(
      name: "Service",
      dependencies: [
        "Inference", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels", "Tokenization",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      resources: [.embedInCode("Page/page.html"), .embedInCode("OpenAPI/openapi.json")],
      swiftSettings: settings),
    .executableTarget(
      name: "enxerto-server",
      dependencies: [
        "Service", "Inference", "Tasks", "Encoders", "Kernels",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
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
    .target(
      name: "AdapterFixtures",
      dependencies: [
        "Inference", "Training", "Tasks", "PTuning", "Corpora", "Encoders", "Kernels",
        "Tokenization", "TestSupport",
      ], path: "Tests/AdapterFixtures", swiftSettings: settings),
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
        "AdapterFixtures", "Inference", "Training", "Tasks", "PTuning", "Corpora", "Encoders",
        "Kernels",
        "Tokenization",
      ]),
    tests(
      "RetrievalTests",
      of: [retrieval, sqlite]),
    tests("CommandLineTests", of: ["enxerto"]),
    tests(
      "ServiceTests",
      of: [
        "enxerto-server", "AdapterFixtures", "Service", "Inference", "Tasks", "Corpora",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], resources: [.copy("Fixtures")]),
  ]
)
