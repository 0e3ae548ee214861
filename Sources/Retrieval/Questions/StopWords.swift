/// Words so common in English questions that they tell nothing of what is looked for.
enum StopWords {
  /// In small letters; what contractions leave behind (`don't`, `it's`) included.
  static let english: Set<String> = [
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "both", "but", "by", "can", "could", "d", "did", "do",
    "does", "doing", "don", "during", "each", "for", "from", "had", "has", "have", "having", "he",
    "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "ll",
    "m", "me", "might", "more", "most", "my", "of", "on", "or", "other", "our", "ours", "over",
    "re", "s", "shall", "she", "should", "so", "some", "such", "t", "than", "that", "the", "their",
    "theirs", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too",
    "under", "us", "ve", "very", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "whom", "whose", "why", "will", "with", "would", "you", "your", "yours",
  ]
}
