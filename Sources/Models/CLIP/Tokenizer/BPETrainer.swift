/// Learns a byte-pair vocabulary from words and how often each comes.
///
/// Sennrich, Haddow, Birch 2016: the most frequent pair of neighbouring symbols becomes a symbol, again and again. Among
/// pairs of equal frequency the first by their UTF-8 wins, so the same words give the same vocabulary.
public struct BPETrainer {
    /// The words of texts as CLIP's tokenizer cuts them, with their counts.
    public static func words(in texts: [String]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for text in texts {
            for word in WordSplitter.words(WordSplitter.normalize(text)[...]) {
                var string = ""
                string.unicodeScalars.append(contentsOf: word)
                counts[string, default: 0] += 1
            }
        }
        return counts
    }

    /// - Parameters:
    ///   - words: as `words(in:)` gives them
    ///   - merges: at most so many; fewer if no pair comes twice
    public static func train(words: [String: Int], merges limit: Int) -> BPEVocabulary {
        var entries = words.filter { !$0.key.isEmpty }
            .map { (symbols: symbols(of: $0.key), count: $0.value) }
            .sorted { $0.symbols.lexicographicallyPrecedes($1.symbols) }
        var merges: [BPEVocabulary.Merge] = []
        while merges.count < limit, let best = mostFrequentPair(entries) {
            merges.append(best)
            for i in entries.indices { merge(best, in: &entries[i].symbols) }
        }
        return BPEVocabulary(merges: merges)
    }

    private static func symbols(of word: String) -> [String] {
        var symbols = word.utf8.map { ByteAlphabet.characters[Int($0)] }
        symbols[symbols.count - 1] += ByteAlphabet.endOfWord
        return symbols
    }

    private static func mostFrequentPair(_ entries: [(symbols: [String], count: Int)]) -> BPEVocabulary.Merge? {
        var counts: [BPEVocabulary.Merge: Int] = [:]
        for (symbols, count) in entries {
            for (left, right) in zip(symbols, symbols.dropFirst()) {
                counts[BPEVocabulary.Merge(left: left, right: right), default: 0] += count
            }
        }
        let best = counts.max { a, b in
            a.value == b.value ? b.key.order.lexicographicallyPrecedes(a.key.order) : a.value < b.value
        }
        return best.flatMap { $0.value > 1 ? $0.key : nil }
    }

    private static func merge(_ pair: BPEVocabulary.Merge, in symbols: inout [String]) {
        var merged: [String] = []
        for symbol in symbols {
            // A merged symbol is longer than `left`, so it is never taken for one again.
            if symbol == pair.right, merged.last == pair.left {
                merged[merged.count - 1] = pair.left + pair.right
            } else {
                merged.append(symbol)
            }
        }
        symbols = merged
    }
}
