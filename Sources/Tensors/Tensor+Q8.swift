import Kernels

extension Tensor {
    /// The same numbers in blocks of 8 bits, which all else reads as numbers near these.
    public func inQ8Blocks() -> Tensor {
        let numbers = storage.computed == nil ? storage.elements : StoredFloats(storage.base)
        let blocks = withExtendedLifetime(storage) { Q8Blocks(rounding: numbers, count: count) }
        var rounded = Tensor(borrowing: blocks.numbers, shape: shape, owner: blocks)
        rounded.origin = origin
        return rounded
    }
}
