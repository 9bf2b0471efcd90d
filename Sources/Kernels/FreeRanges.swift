/// Which parts of a range of addresses are free, and of which of these the pages are kept. All sizes are in floats.
struct FreeRanges {
    private struct Part {
        var start: Int
        var size: Int
        /// Its pages were used before and are still there.
        let isKept: Bool

        var end: Int { start + size }
    }

    /// In ascending order; neighbours differ in whether they are kept.
    private var parts: [Part]
    private(set) var usedSize = 0
    private(set) var keptSize = 0
    private var mostUsed = 0

    init(capacity: Int) {
        parts = capacity > 0 ? [Part(start: 0, size: capacity, isKept: false)] : []
    }

    /// The start of `size` floats in the smallest gap that has as many; nil if none has.
    mutating func take(_ size: Int) -> Int? {
        guard let (first, start) = smallestGap(of: size) else { return nil }
        var (index, left) = (first, size)
        while left > 0 {
            let taken = min(left, parts[index].size)
            if parts[index].isKept { keptSize -= taken }
            parts[index].start += taken
            parts[index].size -= taken
            left -= taken
            if parts[index].size == 0 { index += 1 }
        }
        parts.removeSubrange(first..<index)
        usedSize += size
        mostUsed = max(mostUsed, usedSize)
        return start
    }

    /// Where the smallest run of adjacent parts begins that holds `size`.
    private func smallestGap(of size: Int) -> (part: Int, start: Int)? {
        var best: (part: Int, size: Int)?
        var first = 0
        while first < parts.count {
            var (last, total) = (first, parts[first].size)
            while last + 1 < parts.count, parts[last].end == parts[last + 1].start {
                last += 1
                total += parts[last].size
            }
            if total >= size, total < best?.size ?? .max { best = (first, total) }
            first = last + 1
        }
        return best.map { ($0.part, parts[$0.part].start) }
    }

    /// From now on no more is kept than `size` beside what is in use.
    mutating func keepAtMost(_ size: Int) { mostUsed = min(mostUsed, usedSize + size) }

    mutating func give(_ start: Int, _ size: Int) {
        usedSize -= size
        keptSize += size
        insert(Part(start: start, size: size, isKept: true))
    }

    /// The ranges whose pages must go for no more to be held than was once in use: those at the end, in large pieces.
    mutating func removeSurplus() -> [Range<Int>] {
        var released: [Range<Int>] = []
        var index = parts.count - 1
        while usedSize + keptSize > mostUsed, index >= 0 {
            let part = parts[index]
            if part.isKept {
                let largePage = 1 << 19
                let excess = (usedSize + keptSize - mostUsed + largePage - 1) / largePage * largePage
                let size = min(part.size, excess)
                parts.remove(at: index)
                keptSize -= size
                if size < part.size { insert(Part(start: part.start, size: part.size - size, isKept: true)) }
                insert(Part(start: part.end - size, size: size, isKept: false))
                released.append(part.end - size..<part.end)
            }
            index -= 1
        }
        return released
    }

    /// Joined with the neighbours that are kept, or not, as it is.
    private mutating func insert(_ part: Part) {
        var part = part
        var index = parts.firstIndex { $0.start > part.start } ?? parts.count
        if index < parts.count, parts[index].isKept == part.isKept, part.end == parts[index].start {
            part.size += parts[index].size
            parts.remove(at: index)
        }
        if index > 0, parts[index - 1].isKept == part.isKept, parts[index - 1].end == part.start {
            part = Part(start: parts[index - 1].start, size: parts[index - 1].size + part.size, isKept: part.isKept)
            index -= 1
            parts.remove(at: index)
        }
        parts.insert(part, at: index)
    }
}
