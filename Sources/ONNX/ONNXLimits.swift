/// What a model, and one run of it, may take: a bound on memory and on time, so that a hostile file ends with an error.
public struct ONNXLimits: Hashable, Sendable {
    /// Held at a time, in 32-bit words: 2 GiB.
    public var floats: Int
    /// Of one run: a hundred times what an IResNet-100 takes.
    public var products: Double

    public init(floats: Int = 1 << 29, products: Double = 2_000_000_000_000) {
        self.floats = floats
        self.products = products
    }
}

/// What is left of the limits while a graph runs.
final class Room {
    var floats: Int
    private var products: Double

    init(_ limits: ONNXLimits) { (floats, products) = (limits.floats, limits.products) }

    /// Takes the work of a result from what is left.
    ///
    /// - Parameter products: of each of its elements
    /// - Returns: the number of elements
    @discardableResult
    func check(_ shape: [Int], products each: Int = 1) throws(OperatorFault) -> Int {
        guard let count = elementCount(shape), count <= floats else { throw .tooLarge(shape: shape) }
        products -= Double(count) * Double(each)
        guard products >= 0 else { throw .tooMuchWork }
        return count
    }

    /// The same for results whose elements are picked by a list of places.
    func checkIndices(_ shape: [Int]) throws(OperatorFault) {
        guard try check(shape) <= 1 << 24 else { throw .tooLarge(shape: shape) }
    }
}
