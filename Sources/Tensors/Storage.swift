/// The floats behind a tensor: owned, or borrowed from something that is kept alive, such as a mapped file.
public final class Storage: @unchecked Sendable {
    /// Written only while the tensor that owns it is being made.
    let base: UnsafeMutablePointer<Float>
    let count: Int
    private let owner: AnyObject?

    init(count: Int) {
        base = .allocate(capacity: max(1, count))
        self.count = count
        owner = nil
    }

    /// Floats that belong to `owner` and stay as they are while it lives.
    init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        self.base = UnsafeMutablePointer(mutating: base)
        self.count = count
        self.owner = owner
    }

    /// Its floats may be written once no one else holds them.
    var isOwned: Bool { owner == nil }

    deinit {
        if owner == nil { base.deallocate() }
    }
}
