import Kernels

/// An immutable, dense, row-major array of 32-bit floats, with the graph behind it when gradients are wanted.
///
/// Pictures and feature maps are (batch, height, width, channels): a convolution's window and an attention's row are
/// then contiguous, so neither needs a transpose (docs/DECISIONS.md).
public struct Tensor: Sendable {
    public let shape: [Int]
    let storage: Storage
    /// How this tensor came about; nil where no gradient is wanted.
    var node: GradientNode?
    /// The parameter that it is, or that of the layer it came out of, as weights name it; for messages.
    var origin: String?

    /// A tensor whose floats `fill` writes, all of them.
    init(_ shape: [Int], operation: StaticString = #function, fill: (UnsafeMutablePointer<Float>) -> Void) {
        self.shape = shape
        storage = Storage(count: shape.reduce(1, *))
        Tensor.observed(operation) { fill(storage.base) }
    }

    /// A tensor whose floats are not set yet, for kernels that fill several at once through `storage`.
    init(blank shape: [Int]) {
        self.shape = shape
        storage = Storage(count: shape.reduce(1, *))
    }

    init(shape: [Int], storage: Storage) {
        require(shape.reduce(1, *) == storage.count, "\(shape) does not hold \(storage.count) floats")
        self.shape = shape
        self.storage = storage
    }

    /// - Precondition: as many values as the shape holds.
    public init(_ values: [Float], shape: [Int]) {
        require(values.count == shape.reduce(1, *), "\(shape) does not hold \(values.count) values")
        self.init(shape) { y in
            values.withUnsafeBufferPointer { if let x = $0.baseAddress { y.update(from: x, count: $0.count) } }
        }
    }

    public init(repeating value: Float, shape: [Int]) {
        let count = shape.reduce(1, *)
        self.init(shape) { $0.update(repeating: value, count: count) }
    }

    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// Numbers that live in memory owned by another object, such as a mapped file; they are not copied. Those that are
    /// no aligned 32-bit floats are widened as products read them, and once for all when anything else does.
    public init(borrowing numbers: StoredFloats, shape: [Int], owner: AnyObject) {
        self.init(shape: shape, storage: Storage(borrowing: numbers, count: shape.reduce(1, *), owner: owner))
    }

    /// 32-bit floats that live in memory owned by another object; they are not copied where they are aligned.
    ///
    /// - Precondition: as many as the shape holds.
    public init(borrowing floats: UnsafeRawBufferPointer, shape: [Int], owner: AnyObject) {
        require(shape.reduce(4, *) == floats.count, "\(shape) does not hold \(floats.count) bytes")
        guard let base = floats.baseAddress, !floats.isEmpty else {
            self.init([], shape: shape)
            return
        }
        self.init(borrowing: StoredFloats(base, of: .f32), shape: shape, owner: owner)
    }

    /// How many floats.
    public var count: Int { storage.count }
    public var rank: Int { shape.count }

    /// The values in row-major order.
    public var values: [Float] { Array(UnsafeBufferPointer(start: storage.base, count: count)) }

    /// Calls `body` with the values in row-major order.
    public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: storage.base, count: count)) }
    }

    /// The values in row-major order where they lie, for those who use them longer than a call takes: nothing writes to
    /// them while `owner` lives.
    public var lent: (values: UnsafeBufferPointer<Float>, owner: AnyObject) {
        (UnsafeBufferPointer(start: storage.base, count: count), storage)
    }

    /// The same values in memory of their own.
    public func copied() -> Tensor {
        withValues { values in
            Tensor(shape) { y in if let x = values.baseAddress { y.update(from: x, count: values.count) } }
        }
    }

    var pointer: UnsafePointer<Float> { UnsafePointer(storage.base) }

    /// The four sizes of a (batch, height, width, channels) tensor.
    public var shape4: (Int, Int, Int, Int) {
        require(rank == 4, "expected four dimensions, found \(title)")
        return (shape[0], shape[1], shape[2], shape[3])
    }

    /// The three sizes of a (batch, length, width) tensor.
    public var shape3: (Int, Int, Int) {
        require(rank == 3, "expected three dimensions, found \(title)")
        return (shape[0], shape[1], shape[2])
    }

    /// Rows and columns when all but the last dimension are taken together.
    var rowsAndColumns: (rows: Int, columns: Int) {
        let columns = shape.last ?? 1
        return (columns == 0 ? 0 : count / columns, columns)
    }
}
