import Foundation
import Kernels
import Testing

@testable import Encoders

@Suite struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func open(_ data: Data) throws -> SafetensorsFile {
    try SafetensorsFile(mapping: folder.write(data, "\(UUID().uuidString).safetensors"))
  }

  @Test func roundTrip() throws {
    let tensors: [SafetensorsWriter.Tensor] = [
      ("z", [2, 3], [1, 2, 3, 4, 5, -.infinity]), ("a \"\\\n\u{1}é", [], [7]),
      ("none", [0, 4], []),
      ("row", [3], [.leastNonzeroMagnitude, -0.0, .greatestFiniteMagnitude]),
    ]
    let metadata = ["kind": "test \u{1F600}\t\"", "empty": ""]
    let data = SafetensorsWriter.encode(tensors, metadata: metadata)
    let file = try open(data)
    #expect(file.metadata == metadata)
    #expect(file.names == tensors.map(\.name).sorted())
    for (name, shape, values) in tensors {
      let tensor = try file.tensor(name, shape: shape)
      #expect(tensor.shape == shape)
      #expect(tensor.count == values.count)
      #expect(tensor.values.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(tensor.isMapped)
    }
    #expect(SafetensorsWriter.encode(tensors, metadata: metadata) == data)
    let length = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
    #expect(length % 8 == 0)
  }

  @Test func whatIsGivenBackIsReadAgain() throws {
    let values = (0..<10_000).map(Float.init)
    let file = try open(
      SafetensorsWriter.encode([("a", [10_000], values), ("b", [1], [7])], metadata: [:]))
    let tensor = try file.tensor("a", shape: [10_000])
    #expect(tensor.isMapped && tensor.values == values)
    tensor.release()
    #expect(tensor.values == values)
    #expect(try file.tensor("b", shape: [1]).values == [7])
  }

  @Test func writesTheSameBytesToAFile() throws {
    let tensors: [SafetensorsWriter.Tensor] = [("b", [2], [1, 2]), ("a", [1], [3])]
    let url = try folder.write("", "stream")
    let handle = try FileHandle(forWritingTo: url)
    try SafetensorsWriter.write(tensors, metadata: ["k": "v"], to: handle)
    try handle.close()
    #expect(try Data(contentsOf: url) == SafetensorsWriter.encode(tensors, metadata: ["k": "v"]))
  }

  @Test func exactBytes() {
    let data = SafetensorsWriter.encode(
      [("b", [1], [1]), ("a", [1, 1], [2])], metadata: ["k": "v"])
    let header =
      #"{"__metadata__":{"k":"v"},"a":{"data_offsets":[4,8],"dtype":"F32","shape":[1,1]},"#
      + #""b":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(data == rawSafetensors(padded, data: [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]))
  }

  @Test func nothingIsCopied() throws {
    let file = try open(SafetensorsWriter.encode([("x", [4], [1, 2, 3, 4]), ("y", [2], [5, 6])]))
    let tensor = try file.tensor("y")
    let mapping = file.file.withUnsafeBytes { bytes in
      (UInt(bitPattern: bytes.baseAddress), UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count))
    }
    let start = tensor.withUnsafePointer { UInt(bitPattern: $0) }
    #expect(start == mapping.1 - 8)
    #expect(start > mapping.0)
  }

  @Test func tensorOutlivesFile() throws {
    func load() throws -> FrozenTensor {
      try open(SafetensorsWriter.encode([("x", [2], [8, 9])])).tensor("x")
    }
    let tensor = try load()
    #expect(tensor.values == [8, 9])
  }

  @Test func halfPrecisionIsConverted() throws {
    let halves: [(UInt16, Float)] = [
      (0x3c00, 1), (0xc000, -2), (0x3555, 0.333251953125), (0x0001, 0x1p-24), (0x7bff, 65504),
      (0x7c00, .infinity), (0x8000, -0.0),
    ]
    let brains: [(UInt16, Float)] = [
      (0x3f80, 1), (0xc000, -2), (0x3eab, 0.333984375), (0x0001, Float(bitPattern: 0x10000)),
      (0xff80, -.infinity), (0x7f7f, 3.3895313892515355e38), (0x8000, -0.0),
    ]
    for (type, cases) in [("F16", halves), ("BF16", brains)] {
      // The odd byte in front leaves the elements at odd addresses.
      let header =
        #"{"pad":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""x":{"dtype":"\#(type)","shape":[7],"data_offsets":[1,15]}}"#
      let data = cases.flatMap { [UInt8($0.0 & 255), UInt8($0.0 >> 8)] }
      let tensor = try open(rawSafetensors(header, data: [0] + data)).tensor("x")
      #expect(tensor.values.map(\.bitPattern) == cases.map(\.1.bitPattern))
      #expect(!tensor.isMapped)
    }
  }

  @Test(arguments: 0..<4) func unalignedFloatsAreCopied(shift: Int) throws {
    let spaces = String(repeating: " ", count: shift)
    let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + spaces
    let file = try open(rawSafetensors(header, data: [0, 0, 0x80, 0x3f]))
    let tensor = try file.tensor("x")
    #expect(tensor.values == [1])
    #expect(tensor.isMapped == ((8 + header.utf8.count) % 4 == 0))
  }

  @Test func otherTypesLoadButAreNoWeights() throws {
    for type in TensorType.allCases where ![.float32, .float16, .bfloat16].contains(type) {
      let bytes = type.bits  // eight elements
      let header =
        #"{"x":{"dtype":"\#(type.rawValue)","shape":[8],"data_offsets":[0,\#(bytes)]}}"#
      let file = try open(rawSafetensors(header, data: Array(repeating: 0, count: bytes)))
      let error = encoderError { _ = try file.tensor("x") }
      #expect(error?.kind == .malformed)
      #expect(error?.place == #"tensor "x""#)
      #expect(error?.expected == "dtype F32, F16 or BF16")
      #expect(error?.found == type.rawValue)
    }
  }

  @Test func missingTensorAndWrongShapeAreNamed() throws {
    let file = try open(SafetensorsWriter.encode([("x", [2, 1], [8, 9])]))
    let missing = try #require(encoderError { _ = try file.tensor("y") })
    #expect(missing.description.contains(#"tensor "y""#))
    #expect(missing.description.hasPrefix(file.path))
    let shape = try #require(encoderError { _ = try file.tensor("x", shape: [1, 2]) })
    #expect(shape.expected == "shape [1, 2]")
    #expect(shape.found == "shape [2, 1]")
  }

  @Test func missingFileFolderAndUnreadable() throws {
    let none = folder.url.appendingPathComponent("none")
    #expect(encoderError { _ = try MappedFile(none) }?.kind == .missing)
    let under = try folder.write("x", "file").appendingPathComponent("below")
    #expect(encoderError { _ = try MappedFile(under) }?.kind == .missing)
    #expect(encoderError { _ = try MappedFile(folder.url) }?.kind == .malformed)
    let device = URL(fileURLWithPath: "/dev/null")
    #expect(encoderError { _ = try MappedFile(device) }?.kind == .malformed)
    let loop = folder.url.appendingPathComponent("loop")
    try FileManager.default.createSymbolicLink(at: loop, withDestinationURL: loop)
    #expect(encoderError { _ = try MappedFile(loop) }?.kind == .inputOutput)
    #expect(encoderError { _ = try open(Data()) }?.kind == .malformed)
  }

  /// Every file here lies; each must be refused with a message that says where.
  @Test(arguments: hostileFiles) func hostile(_ name: String, _ data: Data, _ part: String) throws {
    let error = encoderError { _ = try open(data) }
    #expect(error?.kind == .malformed, "\(name)")
    let text = try #require(error?.description)
    #expect(text.contains(part), "\(name): \(text)")
    #expect(text.utf8.count < 4000 && !text.contains("\n"), "\(name)")
  }

  static func one(_ fields: String, data: Int = 4, name: String = "x") -> Data {
    rawSafetensors("{\"\(name)\":{\(fields)}}", data: Array(repeating: 0, count: data))
  }

  static let hostileFiles: [(String, Data, String)] = [
    ("empty", Data(), "0 bytes"),
    ("short", Data([1, 2, 3]), "3 bytes"),
    ("length beyond", rawSafetensors("{}", length: 3), "header length"),
    ("length huge", rawSafetensors("{}", length: .max), "header length"),
    ("length over limit", rawSafetensors("{}", length: 100_000_001), "header length"),
    ("no header", rawSafetensors(""), "nothing"),
    ("not UTF-8", Data([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff]), "UTF-8"),
    ("UTF-16", Data([4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0, 0x7d, 0]), "UTF-8"),
    ("byte order mark", rawSafetensors("\u{FEFF}{}"), "JSON object"),
    ("leading space", rawSafetensors(" {}"), "JSON object"),
    ("array", rawSafetensors("[]"), "JSON object"),
    ("unclosed", rawSafetensors("{\"x\":"), "header"),
    ("trailing", rawSafetensors("{} x"), "header"),
    ("deep", rawSafetensors("{\"x\":" + String(repeating: "[", count: 100_000)), "header"),
    ("not an entry", rawSafetensors("{\"x\":3}"), "header"),
    ("null entry", rawSafetensors("{\"x\":null}"), "header"),
    ("metadata not a map", rawSafetensors("{\"__metadata__\":[1]}"), "__metadata__"),
    ("metadata number", rawSafetensors("{\"__metadata__\":{\"a\":1}}"), "__metadata__"),
    ("no dtype", one(#""shape":[1],"data_offsets":[0,4]"#), "dtype"),
    ("no shape", one(#""dtype":"F32","data_offsets":[0,4]"#), "shape"),
    ("no offsets", one(#""dtype":"F32","shape":[1]"#), "data_offsets"),
    ("unknown dtype", one(#""dtype":"F33","shape":[1],"data_offsets":[0,4]"#), "F33"),
    ("one offset", one(#""dtype":"F32","shape":[1],"data_offsets":[4]"#), "two data_offsets"),
    ("three", one(#""dtype":"F32","shape":[1],"data_offsets":[0,4,8]"#), "two data_offsets"),
    ("fraction", one(#""dtype":"F32","shape":[1.5],"data_offsets":[0,4]"#), "header"),
    ("text", one(#""dtype":"F32","shape":["1"],"data_offsets":[0,4]"#), "header"),
    ("boolean", one(#""dtype":"F32","shape":[true],"data_offsets":[0,4]"#), "header"),
    ("2^64", one(#""dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]"#), "header"),
    ("1e400", one(#""dtype":"F32","shape":[1e400],"data_offsets":[0,4]"#), "header"),
    ("beyond", one(#""dtype":"F32","shape":[2],"data_offsets":[0,8]"#), "within the 4 bytes"),
    ("backwards", one(#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#), "ascending"),
    ("negative", one(#""dtype":"F32","shape":[1],"data_offsets":[-4,0]"#), "ascending"),
    (
      "largest",
      one(#""dtype":"F32","shape":[1],"data_offsets":[9223372036854775807,9223372036854775807]"#),
      "within"
    ),
    ("size", one(#""dtype":"F32","shape":[2],"data_offsets":[0,4]"#), "as many bytes"),
    ("size of type", one(#""dtype":"F64","shape":[1],"data_offsets":[0,4]"#), "as many bytes"),
    ("half a byte", one(#""dtype":"F4","shape":[7],"data_offsets":[0,3]"#, data: 3), "as many"),
    ("negative shape", one(#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#), "negative"),
    ("negatives", one(#""dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]"#), "negative"),
    (
      "overflow to zero",
      one(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]"#, data: 0),
      "as many bytes"
    ),
    (
      "overflow of bits",
      one(#""dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,0]"#, data: 0),
      "as many bytes"
    ),
    (
      "overflow hidden by a zero",
      one(#""dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]"#, data: 0),
      "as many bytes"
    ),
    ("hole before", one(#""dtype":"F32","shape":[1],"data_offsets":[4,8]"#, data: 8), "hole"),
    ("trailing data", one(#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#, data: 5), "found"),
    ("data without tensors", rawSafetensors("{}", data: [0]), "10 bytes, where the last"),
    (
      "overlap",
      rawSafetensors(
        #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"#
          + #""b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, data: [0, 0, 0, 0]),
      #"tensor "b""#
    ),
    (
      "same bytes twice",
      rawSafetensors(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0]),
      #"tensor "b""#
    ),
    (
      "hole between",
      rawSafetensors(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
          + #""b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, data: [0, 0, 0, 0]),
      #"tensor "b""#
    ),
    (
      "duplicate name",
      rawSafetensors(
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
          + #""a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, data: [0, 0, 0, 0]),
      "expected"
    ),
    (
      "control characters and a long name",
      one(
        #""dtype":"F33","shape":[1],"data_offsets":[0,4]"#,
        name: "\\u001b[2J\\n" + String(repeating: "long ", count: 5000)), "?[2J?long"
    ),
  ]

  /// Whatever is changed in a valid file, it loads or is refused; it never traps. What loads can be read through.
  @Test(arguments: [UInt64(1), 20_240_607]) func mutations(seed: UInt64) throws {
    var generator = RandomStream(seed: seed, purpose: "cases")
    let valid = SafetensorsWriter.encode(
      [("a", [2, 2], [1, 2, 3, 4]), ("b.weight", [3], [5, 6, 7])], metadata: ["k": "v"])
    let digits = Array("0123456789-[]{}\",:eF".utf8)
    var loaded = 0
    for _ in 0..<1500 {
      var bytes = Array(valid)
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(digits.randomElement(using: &generator) ?? 0, at: index)
        case 4: bytes[index] = digits.randomElement(using: &generator) ?? 0
        default: bytes.removeLast(Int.random(in: 0...bytes.count / 4, using: &generator))
        }
      }
      let url = try folder.write(Data(bytes), "mutated")
      let error = encoderError {
        let file = try SafetensorsFile(mapping: url)
        loaded += 1
        for name in file.names {
          _ = encoderError { _ = try file.tensor(name).values.reduce(0, +) }
        }
      }
      if let error { #expect(error.kind == .malformed, "seed \(seed): \(error)") }
    }
    // Changes of the data alone leave a valid file: the loop above must have seen both outcomes.
    #expect(loaded > 50 && loaded < 1450, "seed \(seed): \(loaded)")
  }
}
