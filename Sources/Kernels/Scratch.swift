import Synchronization

/// Memory that threads work in, kept for the next time: the page faults of fresh memory cost as much as a pass over it.
final class Scratch: Sendable {
    static let shared = Scratch()

    private let kept = Mutex<[AlignedFloats]>([])
    /// Floats that are kept at most: 128 MB.
    private static let limit = 1 << 25

    /// Calls `body` with `count` floats on a boundary of 64 bytes, whatever they hold.
    func with(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let buffer = take(count) ?? AlignedFloats(count)
        body(buffer.base)
        keep(buffer)
    }

    /// The smallest that suffices and is not much too large.
    private func take(_ count: Int) -> AlignedFloats? {
        kept.withLock { kept in
            let fitting = kept.indices.filter { (count...max(2 * count, 1 << 16)).contains(kept[$0].count) }
            return fitting.min { kept[$0].count < kept[$1].count }.map { kept.remove(at: $0) }
        }
    }

    /// Lets go of those that were not used for longest when there are too many.
    private func keep(_ buffer: AlignedFloats) {
        guard buffer.count <= Self.limit else { return }
        kept.withLock { kept in
            kept.append(buffer)
            var total = kept.reduce(0) { $0 + $1.count }
            while total > Self.limit { total -= kept.removeFirst().count }
        }
    }
}
