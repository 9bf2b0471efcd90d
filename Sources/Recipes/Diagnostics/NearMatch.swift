/// The candidate that a misspelt name most likely meant: the smallest edit distance, at most a third of its length.
public func nearMatch(to name: String, among candidates: some Sequence<String>) -> String? {
    nearMatch(to: name, among: candidates, limit: max(1, name.count / 3))
}

/// The candidate with the smallest edit distance, at most `limit`.
func nearMatch(to name: String, among candidates: some Sequence<String>, limit: Int) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in candidates where abs(candidate.count - name.count) <= limit {
        let distance = editDistance(Array(name.lowercased()), Array(candidate.lowercased()))
        guard distance <= limit else { continue }
        if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast = [Int]()
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
