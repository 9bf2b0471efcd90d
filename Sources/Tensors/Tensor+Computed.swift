import Kernels

/// Weights that are computed of others as products read them; they take no memory of their own.
extension Tensor {
    /// - Precondition: as many numbers as the shape holds; the first dimension is the matrix's rows.
    public init(_ matrix: ComputedMatrix, shape: [Int]) {
        let storage = Storage(computing: StoredFloats(matrix), count: shape.reduce(1, *))
        self.init(shape: shape, storage: storage)
    }

    /// As a matrix whose rows are the first dimension, of which others can be computed.
    public var computed: ComputedMatrix { storage.computed ?? .stored(asStored) }

    /// The same in memory.
    public var asStored: StoredMatrix {
        let rows = shape.first ?? 1
        let numbers = storage.computed == nil ? storage.elements : StoredFloats(storage.base)
        return StoredMatrix(numbers, rows: rows, columns: count / max(1, rows), owner: storage)
    }
}

extension ComputedMatrix {
    /// A matrix that `make` makes of another anew whenever a product begins, as no part of it can be had alone.
    public static func whole(of W: Tensor, _ make: @escaping @Sendable (Tensor) -> Tensor) -> ComputedMatrix {
        .whole(MadeMatrix(W, make))
    }
}

private final class MadeMatrix: WholeMatrix {
    private let source: ComputedMatrix
    private let shape: [Int]
    private let body: @Sendable (Tensor) -> Tensor
    let columns: Int

    init(_ W: Tensor, _ body: @escaping @Sendable (Tensor) -> Tensor) {
        (source, shape, self.body) = (W.computed, W.shape, body)
        columns = source.columns
    }

    /// In 32 bits, whatever the product that it is made for rounds to. W's floats are made anew, too, and let go of.
    func make() -> StoredMatrix { ComputeSettings.unrounded { body(Tensor(source, shape: shape)).asStored } }
}
