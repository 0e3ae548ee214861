/// Words that keep the full stop after them, all lower case and without that stop.
enum Abbreviations {
  /// What a full stop after an abbreviation says about the sentence.
  enum Kind: Sendable {
    /// A name or number follows: the sentence goes on.
    case leading
    /// The sentence may end here too, if what follows looks like the start of one.
    case either
  }

  /// The longest entry.
  static let longest = 8

  /// Words that only stand before others.
  static let leading: Set<String> = [
    "vs", "cf", "viz", "approx", "ca", "resp", "ed", "eds", "dept", "mr", "mrs", "ms", "dr", "prof",
    "ft",
  ]

  /// Titles and the like, which are abbreviations with a capital only.
  static let capitalisedLeading: Set<String> = [
    "rev", "fr", "sen", "rep", "gov", "gen", "col", "lt", "maj", "capt", "cpt", "cmdr", "adm",
    "sgt",
    "cpl", "pvt", "hon", "pres", "supt", "amb", "messrs", "mme", "mlle", "st", "ste", "mt",
  ]

  /// Words that stand before others or end a sentence.
  static let either: Set<String> = [
    "inc", "corp", "co", "ltd", "llc", "plc", "bros", "jr", "sr", "esq", "etc", "al", "tel", "assn",
    "ph.d", "m.sc", "b.sc", "hr", "hrs", "min", "sec", "lb", "lbs", "oz", "tbsp", "tsp", "sq",
  ]

  /// Streets, months and states, which are abbreviations with a capital only.
  static let capitalisedEither: Set<String> = [
    "ave", "blvd", "rd", "est", "dist", "univ", "jan", "feb", "aug", "sept", "oct", "nov", "dec",
    "calif", "conn", "fla", "mass", "mich", "minn", "penn", "tenn", "wis", "mo",
  ]

  /// Words that are abbreviations before a number only.
  static let numeric: Set<String> = [
    "no", "nos", "fig", "figs", "p", "pp", "vol", "vols", "art", "sec", "ch", "chap", "eq", "mar",
    "apr", "jun", "jul", "sep", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun",
  ]

  /// Words that so often begin a sentence that, capitalised after an abbreviation, they do.
  static let starters: Set<String> = [
    "the", "a", "an", "this", "that", "these", "those", "he", "she", "it", "we", "they", "you", "i",
    "his", "her", "its", "our", "their", "my", "your", "but", "and", "or", "so", "yet", "if",
    "when",
    "while", "after", "before", "since", "because", "although", "though", "however", "meanwhile",
    "there", "here", "in", "on", "at", "by", "for", "from", "with", "to", "as", "what", "who",
    "why",
    "how", "where", "then", "now", "also", "some", "many", "most", "all", "no", "not", "one", "two",
    "please", "once", "another", "both", "each", "every",
  ]

  /// Words that Penn writes as two, with the length of the first.
  static let fused: [String: Int] = [
    "cannot": 3, "gonna": 3, "gotta": 3, "wanna": 3, "gimme": 3, "lemme": 3,
  ]

  /// Words that begin with an apostrophe.
  static let clipped: Set<String> = ["tis", "twas", "em", "cause", "til", "bout", "cuz", "round"]
}
