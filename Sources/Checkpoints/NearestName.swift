/// The tensor that a name most likely meant: the one that shares most of its beginning and end with it, if that is at
/// least half of the longer of the two. Linear in the text of all candidates, so fit for files of any size.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    var best: (name: String, shared: Int)?
    for candidate in candidates {
        let found = Array(candidate.utf8)
        let shorter = min(wanted.count, found.count)
        let beginning = zip(wanted, found).prefix { $0 == $1 }.count
        let end = zip(wanted.reversed(), found.reversed()).prefix { $0 == $1 }.count
        let shared = min(shorter, beginning + end)
        guard 2 * shared >= max(wanted.count, found.count) else { continue }
        if let best, (best.shared, candidate) >= (shared, best.name) { continue }
        best = (candidate, shared)
    }
    return best?.name
}
