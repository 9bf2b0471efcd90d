/// Floats on the heap that a tensor can borrow.
final class FloatBuffer {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        base = .allocate(capacity: max(1, count))
        self.count = count
    }

    deinit { base.deallocate() }
}
