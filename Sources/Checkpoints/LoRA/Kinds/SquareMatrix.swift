import Kernels
import Tensors

/// A small square matrix in 64-bit floats, row by row: a block of a rotation.
struct SquareMatrix: Sendable {
    let size: Int
    private(set) var values: [Double]

    init(_ size: Int, _ values: [Double]) {
        require(values.count == size * size, "\(values.count) values are no square of \(size)")
        (self.size, self.values) = (size, values)
    }

    static func identity(_ size: Int) -> SquareMatrix {
        SquareMatrix(size, (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 })
    }

    /// B - Bᵀ.
    init(skewOf values: [Double], size n: Int) {
        self.init(n, (0..<n * n).map { values[$0] - values[$0 % n * n + $0 / n] })
    }

    /// The skew-symmetric matrix with these numbers above its diagonal, row by row.
    init(upperTriangle vector: ArraySlice<Double>, size n: Int) {
        var upper = [Double](repeating: 0, count: n * n)
        var next = vector.startIndex
        for row in 0..<n {
            for column in row + 1..<max(n, row + 1) {
                upper[row * n + column] = vector[next]
                next += 1
            }
        }
        self.init(skewOf: upper, size: n)
    }

    static func + (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
        SquareMatrix(a.size, zip(a.values, b.values).map(+))
    }

    static func - (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix { a + b * -1 }

    static func * (a: SquareMatrix, factor: Double) -> SquareMatrix {
        SquareMatrix(a.size, a.values.map { $0 * factor })
    }

    /// The matrix product.
    static func * (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
        let n = a.size
        var product = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for k in 0..<n {
                let factor = a.values[i * n + k]
                for j in 0..<n { product[i * n + j] += factor * b.values[k * n + j] }
            }
        }
        return SquareMatrix(n, product)
    }

    var squaredNorm: Double { values.reduce(0) { $0 + $1 * $1 } }

    /// (I + Q) (I - Q)⁻¹, the rotation that a skew-symmetric Q stands for: 2 (I - Q)⁻¹ - I.
    var cayley: SquareMatrix {
        let one = SquareMatrix.identity(size)
        return (one - self).inverse * 2 - one
    }

    /// By elimination in place, without a search for pivots: what is left of I - Q has none that are 0 or negative, for Q
    /// is skew-symmetric.
    private var inverse: SquareMatrix {
        let n = size
        var inverse = values
        inverse.withUnsafeMutableBufferPointer { a in
            for k in 0..<n {
                let pivot = 1 / a[k * n + k]
                a[k * n + k] = 1
                for j in 0..<n { a[k * n + j] *= pivot }
                for row in 0..<n where row != k {
                    let factor = a[row * n + k]
                    a[row * n + k] = 0
                    for j in 0..<n { a[row * n + j] -= factor * a[k * n + j] }
                }
            }
        }
        return SquareMatrix(n, inverse)
    }

    /// I + s (R - I): part of the way from no rotation to this one.
    func weakened(to s: Float) -> SquareMatrix {
        let one = SquareMatrix.identity(size)
        return one + (self - one) * Double(s)
    }

    var transposed: SquareMatrix {
        SquareMatrix(size, (0..<size * size).map { values[$0 % size * size + $0 / size] })
    }
}

/// A block-diagonal matrix in 32-bit floats, which multiplies another's rows.
struct BlockDiagonal: Sendable {
    let size: Int
    /// (K size, size)
    private let blocks: Tensor
    private let repeats: Int

    /// - Parameter repeats: how often all blocks come, one time after the other
    init(_ blocks: [SquareMatrix], repeated repeats: Int = 1) {
        size = blocks.first?.size ?? 1
        self.repeats = repeats
        self.blocks = Tensor(blocks.flatMap { $0.values.map { Float($0) } }, shape: [blocks.count * size, size])
    }

    /// - Parameter rows: as many as all blocks have
    func callAsFunction(_ rows: Tensor) -> Tensor {
        let count = blocks.shape[0] / size
        return .concatenated(
            (0..<count * repeats).map { k in
                blocks.sliced(axis: 0, k % count * size..<(k % count + 1) * size)
                    .product(rows.sliced(axis: 0, k * size..<(k + 1) * size))
            },
            axis: 0
        )
    }
}

extension [Int] {
    /// The order that undoes this one, of all numbers from 0 on.
    var inverse: [Int] {
        var inverse = self
        for (place, index) in enumerated() { inverse[index] = place }
        return inverse
    }
}
