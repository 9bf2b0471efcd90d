import CKernels

/// A matrix in memory: row-major, `stride` floats from one row to the next, read transposed if `transposed`.
public struct Matrix {
    let base: UnsafePointer<Float>
    let stride: Int
    let transposed: Bool

    public init(_ base: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
        self.base = base
        self.stride = stride
        self.transposed = transposed
    }

    /// The same matrix from row `row` and column `column` of its logical (perhaps transposed) form.
    fileprivate func from(row: Int, column: Int) -> UnsafePointer<Float> {
        transposed ? base + column * stride + row : base + row * stride + column
    }
}

/// c[m, n] = alpha * a[m, k] b[k, n] + beta * c, on the calling thread alone.
public func gemmSerial(
    _ m: Int,
    _ n: Int,
    _ k: Int,
    alpha: Float = 1,
    _ a: Matrix,
    _ b: Matrix,
    beta: Float = 0,
    _ c: UnsafeMutablePointer<Float>,
    stride: Int
) {
    BLAS.require()
    pk_sgemm(
        a.transposed ? 1 : 0,
        b.transposed ? 1 : 0,
        m,
        n,
        k,
        alpha,
        a.base,
        a.stride,
        b.base,
        b.stride,
        beta,
        c,
        stride
    )
}

/// c[m, n] = alpha * a[m, k] b[k, n] + beta * c, cut into tiles of c by its size alone: the sum over k is never split.
public func gemm(
    _ m: Int,
    _ n: Int,
    _ k: Int,
    alpha: Float = 1,
    _ a: Matrix,
    _ b: Matrix,
    beta: Float = 0,
    _ c: UnsafeMutablePointer<Float>,
    stride: Int
) {
    guard m > 0, n > 0 else { return }
    let (tileM, tileN) = gemmTile(m, n, k)
    let rows = (m + tileM - 1) / tileM
    let columns = (n + tileN - 1) / tileN
    Parallel.forEach(rows * columns) { tile in
        let (i, j) = (tile % rows * tileM, tile / rows * tileN)
        gemmSerial(
            min(tileM, m - i),
            min(tileN, n - j),
            k,
            alpha: alpha,
            Matrix(a.from(row: i, column: 0), stride: a.stride, transposed: a.transposed),
            Matrix(b.from(row: 0, column: j), stride: b.stride, transposed: b.transposed),
            beta: beta,
            c + i * stride + j,
            stride: stride
        )
    }
}

/// Tiles large enough that packing the operands is small beside the products, and enough of them for many threads.
private func gemmTile(_ m: Int, _ n: Int, _ k: Int) -> (Int, Int) {
    if m * n * k < 1 << 18 { return (m, n) }
    let tileM = m >= 1024 ? 384 : m >= 256 ? 192 : m
    let tileN = m >= 1024 ? max(n, 1) : max(64, min(n, 512))
    return (tileM, min(tileN, n))
}
