/// What the normaliser and the pre-tokenizer need to know about every Unicode scalar, in two stages of
/// 256 entries, so that a look-up is two loads.
///
/// The Rust crates under the reference tokenizer follow different versions of Unicode (categories at 8,
/// decompositions at 12, lower-casing at the compiler's), and Swift's own tables change with the
/// toolchain. So the properties come from tables asked from the reference; see `ScalarTableData`.
struct ScalarTable: Sendable {
  /// The properties of one scalar.
  struct Entry: Sendable {
    var flags: Flags = []
    /// Canonical combining class.
    var combiningClass: UInt8 = 0
    /// Index into `lowercaseDifferences`; 0 for none.
    var lowercase: UInt16 = 0
    /// Index into `decompositionEnds`; 0 for none.
    var decomposition: UInt16 = 0
  }

  struct Flags: OptionSet, Sendable {
    var rawValue: UInt8
    /// Taken out by `clean_text`.
    static let dropped = Flags(rawValue: 1)
    /// White space.
    static let space = Flags(rawValue: 2)
    /// A CJK ideograph, a word of its own where `handle_chinese_chars` is on.
    static let ideograph = Flags(rawValue: 4)
    /// Always a word of its own.
    static let punctuation = Flags(rawValue: 8)
    /// A nonspacing mark.
    static let mark = Flags(rawValue: 16)
  }

  /// Built at the first use, in about a millisecond.
  static let shared = ScalarTable()

  private var blockOfHighBits = [UInt16](repeating: 0, count: 0x1100)
  private var entries = [Entry](repeating: Entry(), count: 256)
  private var lowercaseDifferences: [Int32] = [0]
  private var decompositionEnds: [Int32] = [0]
  private var decompositions: [UInt32] = []

  /// The properties of `scalar`, a Unicode scalar value.
  @inline(__always)
  subscript(scalar: UInt32) -> Entry {
    entries[Int(blockOfHighBits[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
  }

  /// The scalar that `scalar` maps to in lower case; U+0130, the only one that maps to two, to itself.
  @inline(__always)
  func lowercase(of scalar: UInt32, _ entry: Entry) -> UInt32 {
    UInt32(
      truncatingIfNeeded: Int32(bitPattern: scalar) &+ lowercaseDifferences[Int(entry.lowercase)])
  }

  /// The full canonical decomposition that `entry` refers to; empty where there is none.
  func decomposition(_ entry: Entry) -> ArraySlice<UInt32> {
    let index = Int(entry.decomposition)
    guard index > 0 else { return [] }
    return decompositions[Int(decompositionEnds[index - 1])..<Int(decompositionEnds[index])]
  }

  private init() {
    var builder = Builder()
    builder.add(ScalarTableData.spaces, as: .space)
    builder.add(ScalarTableData.dropped, as: .dropped)
    builder.add(ScalarTableData.ideographs, as: .ideograph)
    builder.add(ScalarTableData.punctuation, as: .punctuation)
    builder.add(ScalarTableData.marks, as: .mark)
    blockOfHighBits = builder.blockOfHighBits
    entries = builder.entries
    var indices: [Int32: UInt16] = [:]
    TableReader.forEachItem(of: ScalarTableData.lowercase) { item in
      let difference = Int32(item[3])
      let index = indices[difference] ?? UInt16(lowercaseDifferences.count)
      if indices.updateValue(index, forKey: difference) == nil {
        lowercaseDifferences.append(difference)
      }
      for scalar in stride(from: item[0], through: item[1], by: item[2]) {
        builder.entries[builder.place(of: scalar)].lowercase = index
      }
    }
    TableReader.forEachItem(of: DecompositionData.classes) { item in
      for scalar in item[0]...item[1] {
        builder.entries[builder.place(of: scalar)].combiningClass = UInt8(item[2])
      }
    }
    TableReader.forEachItem(of: DecompositionData.decompositions) { item in
      decompositions.append(contentsOf: item.dropFirst().map { UInt32($0) })
      builder.entries[builder.place(of: item[0])].decomposition = UInt16(decompositionEnds.count)
      decompositionEnds.append(Int32(decompositions.count))
    }
    blockOfHighBits = builder.blockOfHighBits
    entries = builder.entries
  }
}

extension ScalarTable {
  /// Blocks while they are filled; a block that only one whole range has touched is shared.
  private struct Builder {
    var blockOfHighBits = [UInt16](repeating: 0, count: 0x1100)
    var entries = [Entry](repeating: Entry(), count: 256)
    var isOwned = [Bool](repeating: false, count: 0x1100)

    mutating func add(_ ranges: String, as flag: Flags) {
      TableReader.forEachItem(of: ranges) { item in
        var scalar = item[0]
        let end = item[item.count - 1] + 1
        var wholeBlock: UInt16?
        while scalar < end {
          let high = scalar >> 8
          if scalar & 0xFF == 0 && end - scalar >= 256 && blockOfHighBits[high] == 0 {
            if wholeBlock == nil {
              wholeBlock = UInt16(entries.count >> 8)
              entries += [Entry](repeating: Entry(flags: flag), count: 256)
            }
            blockOfHighBits[high] = wholeBlock ?? 0
            scalar += 256
          } else {
            entries[place(of: scalar)].flags.insert(flag)
            scalar += 1
          }
        }
      }
    }

    /// Where the entry of `scalar` is to be written.
    mutating func place(of scalar: Int) -> Int {
      let high = scalar >> 8
      if !isOwned[high] {
        let shared = Int(blockOfHighBits[high]) << 8
        blockOfHighBits[high] = UInt16(entries.count >> 8)
        entries += Array(entries[shared..<shared + 256])
        isOwned[high] = true
      }
      return Int(blockOfHighBits[high]) << 8 | scalar & 0xFF
    }
  }
}
