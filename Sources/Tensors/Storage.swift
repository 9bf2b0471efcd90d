import Kernels
import Synchronization

/// The numbers behind a tensor: floats that it owns; floats that are borrowed from something that is kept alive, such as
/// a mapped file; or borrowed or computed numbers that products read panel by panel and everything else sees widened.
public final class Storage: @unchecked Sendable {
    private enum Numbers {
        /// Written only while the tensor that owns them is being made.
        case floats(UnsafeMutablePointer<Float>)
        case stored(StoredFloats)
    }

    private(set) var count: Int
    private let numbers: Numbers
    private let owner: AnyObject?
    /// What is stored in floats, once someone has asked.
    private let widened = Mutex<WidenedFloats?>(nil)

    init(count: Int) {
        self.count = count
        numbers = .floats(FloatPool.shared.allocate(count))
        owner = nil
    }

    /// Numbers that belong to `owner` and stay as they are while it lives.
    init(borrowing numbers: StoredFloats, count: Int, owner: AnyObject) {
        self.count = count
        self.numbers = numbers.aligned.map { .floats(UnsafeMutablePointer(mutating: $0)) } ?? .stored(numbers)
        self.owner = owner
    }

    /// Numbers that are computed as they are read.
    init(computing numbers: StoredFloats, count: Int) {
        self.count = count
        self.numbers = .stored(numbers)
        owner = nil
    }

    var base: UnsafeMutablePointer<Float> {
        switch numbers {
        case .floats(let floats): return floats
        case .stored(let stored):
            return widened.withLock { widened in
                let floats = widened ?? WidenedFloats(stored, count: count)
                widened = floats
                return floats
            }.base
        }
    }

    /// The numbers as they lie in memory, or as products compute them.
    var elements: StoredFloats {
        switch numbers {
        case .floats(let floats): StoredFloats(floats)
        case .stored(let stored): stored.prepared
        }
    }

    /// The matrix that the numbers are computed from; nil for numbers in memory.
    var computed: ComputedMatrix? {
        if case .stored(let stored) = numbers { stored.computed } else { nil }
    }

    /// The numbers need widening.
    var isStored: Bool {
        if case .stored = numbers { true } else { false }
    }

    /// Its floats may be written once no one else holds them.
    var isOwned: Bool {
        if case .floats = numbers { owner == nil } else { false }
    }

    /// Keeps the first `smaller` numbers alone.
    ///
    /// - Precondition: it owns them, and no one else holds it
    func shrink(to smaller: Int) {
        require(isOwned && smaller <= count, "\(count) floats cannot become \(smaller)")
        FloatPool.shared.shrink(base, count: count, to: smaller)
        count = smaller
    }

    deinit {
        if case .floats(let floats) = numbers, owner == nil { FloatPool.shared.deallocate(floats, count: count) }
    }
}

/// Stored numbers as floats.
private final class WidenedFloats: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    private let count: Int

    init(_ stored: StoredFloats, count: Int) {
        self.count = count
        base = FloatPool.shared.allocate(count)
        stored.prepared.copy(0..<count, to: base)
    }

    deinit { FloatPool.shared.deallocate(base, count: count) }
}
