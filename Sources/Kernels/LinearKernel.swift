import CKernels

/// y[rows, n] = x[rows, k] weight[n, k]ᵀ + bias[n].
public func linearForward(
    rows: Int,
    n: Int,
    k: Int,
    x: UnsafePointer<Float>,
    weight: StoredFloats,
    bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>,
    precision: ComputeSettings.Precision
) {
    gemm(
        rows,
        n,
        k,
        Matrix(x, stride: k),
        Matrix(weight, stride: k, transposed: true),
        from: bias.map { .row($0) } ?? .zeros,
        y,
        stride: n,
        precision: precision
    )
}

/// dx[rows, k] = dy[rows, n] weight[n, k].
public func linearInputGradient(
    rows: Int,
    n: Int,
    k: Int,
    weight: StoredFloats,
    dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>,
    precision: ComputeSettings.Precision
) {
    gemm(
        rows,
        k,
        n,
        Matrix(dy, stride: n),
        Matrix(weight, stride: k),
        dx,
        stride: k,
        precision: precision.unlessInt8
    )
}

/// dweight[n, k] = dy[rows, n]ᵀ x[rows, k].
public func linearWeightGradient(
    rows: Int,
    n: Int,
    k: Int,
    x: UnsafePointer<Float>,
    dy: UnsafePointer<Float>,
    dweight: UnsafeMutablePointer<Float>,
    precision: ComputeSettings.Precision
) {
    gemm(
        n,
        k,
        rows,
        Matrix(dy, stride: n, transposed: true),
        Matrix(x, stride: k),
        dweight,
        stride: k,
        precision: precision.unlessInt8
    )
}
