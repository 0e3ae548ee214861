/// How a run of words, each with a length in wordpieces, is read in windows of a limited size.
///
/// Words that fit together are one window. Otherwise:
/// - a word longer than a quarter of the room is represented by its first wordpieces, a quarter of
///   the room of them, so that no word is read without neighbours;
/// - windows are filled from left to right; each after the first begins so that it repeats at
///   least a quarter of the room, or the overlap that is asked for, from the end of the one before;
/// - each word is answered for by the window where the shorter of its two contexts, in wordpieces,
///   is longest; a context that reaches the end of the text is without limit. Equal windows: the first.
///
/// A word of the overlap thus has about an eighth of the room on either side at the least.
/// Time is linear in the number of words.
struct WordWindows {
  struct Window: Hashable {
    var words: Range<Int>
    var answers: Range<Int>
  }

  /// The windows, from left to right; none where there are no words.
  let windows: [Window]
  /// The most wordpieces that represent one word.
  let wordLimit: Int

  /// - Parameters:
  ///   - lengths: wordpieces of each word, at least 1.
  ///   - room: the most wordpieces in a window, at least 1.
  ///   - overlap: what a window repeats of the one before at the least, up to half of the room; nil: a quarter of it.
  init(lengths: [Int], room: Int, overlap: Int? = nil) {
    precondition(room >= 1, "a window needs room for a wordpiece")
    if lengths.reduce(0, +) <= room {
      let all = 0..<lengths.count
      windows = all.isEmpty ? [] : [Window(words: all, answers: all)]
      wordLimit = room
      return
    }
    let limit = max(1, room / 4)
    wordLimit = limit
    // starts[i] is where word i begins, in wordpieces from the beginning of the text.
    var starts = [0]
    starts.reserveCapacity(lengths.count + 1)
    for length in lengths { starts.append(starts[starts.count - 1] + min(length, limit)) }
    let runs = Self.cover(starts, room: room, overlap: min(overlap ?? room / 4, room / 2))
    // Who asks for an overlap wants every run whole, whichever of its words another has more context for.
    windows =
      overlap == nil
      ? Self.answering(runs, starts) : runs.map { Window(words: $0, answers: $0) }
  }

  /// Overlapping runs of words, each of at most `room` wordpieces, that cover all words.
  private static func cover(_ starts: [Int], room: Int, overlap: Int) -> [Range<Int>] {
    let count = starts.count - 1
    var runs: [Range<Int>] = []
    var first = 0
    var end = 0
    while true {
      while end < count, starts[end + 1] - starts[first] <= room { end += 1 }
      runs.append(first..<end)
      if end == count { return runs }
      // The overlap is less than `overlap` plus one word, together under three quarters of the room, and no word is
      // longer than a quarter: the next window takes in a new word.
      var next = end
      while starts[end] - starts[next] < overlap { next -= 1 }
      first = next
    }
  }

  /// Gives each word to the run where it has most context.
  ///
  /// From run to run a word's left context shrinks and its right context grows, so the shorter of
  /// the two grows and then shrinks, and its best run never moves left from word to word.
  private static func answering(_ runs: [Range<Int>], _ starts: [Int]) -> [Window] {
    let count = starts.count - 1
    func context(of word: Int, in run: Range<Int>) -> Int {
      let left = run.lowerBound == 0 ? Int.max : starts[word] - starts[run.lowerBound]
      let right = run.upperBound == count ? Int.max : starts[run.upperBound] - starts[word + 1]
      return min(left, right)
    }
    var windows: [Window] = []
    var best = 0
    var answered = 0
    func close(at word: Int) {
      if answered < word { windows.append(Window(words: runs[best], answers: answered..<word)) }
      answered = word
    }
    for word in 0..<count {
      while best + 1 < runs.count, runs[best + 1].contains(word),
        !runs[best].contains(word)
          || context(of: word, in: runs[best + 1]) > context(of: word, in: runs[best])
      {
        close(at: word)
        best += 1
      }
    }
    close(at: count)
    return windows
  }
}
