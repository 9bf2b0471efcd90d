import CKernels

/// y = standardized x * weight + bias for each row; weight and bias may be left out.
public func layerNormForward(
    rows: Int,
    columns: Int,
    x: UnsafePointer<Float>,
    weight: UnsafePointer<Float>?,
    bias: UnsafePointer<Float>?,
    eps: Float,
    y: UnsafeMutablePointer<Float>
) {
    Parallel.forRanges(rows, grain: rowGrain(columns)) { band in
        let offset = band.lowerBound * columns
        pk_layer_norm(x + offset, weight, bias, eps, y + offset, band.count, columns)
    }
}

/// dx, and if `dweight` is given the gradient of the weight, which is summed over bands of rows and then in order.
public func layerNormBackward(
    rows: Int,
    columns: Int,
    x: UnsafePointer<Float>,
    weight: UnsafePointer<Float>?,
    eps: Float,
    dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>,
    dweight: UnsafeMutablePointer<Float>?
) {
    let grain = rowGrain(columns)
    let bands = (rows + grain - 1) / grain
    var partial = [Float](repeating: 0, count: dweight == nil ? 0 : bands * columns)
    partial.withUnsafeMutableBufferPointer { buffer in
        let sums = dweight == nil ? nil : buffer.baseAddress
        Parallel.forEach(bands) { i in
            let offset = i * grain * columns
            pk_layer_norm_backward(
                x + offset,
                weight,
                eps,
                dy + offset,
                dx + offset,
                sums.map { $0 + i * columns },
                min(grain, rows - i * grain),
                columns
            )
        }
    }
    guard let dweight else { return }
    for c in 0..<columns {
        dweight[c] = Float((0..<bands).reduce(0.0) { $0 + Double(partial[$1 * columns + c]) })
    }
}

/// Rows that one thread handles at a time.
private func rowGrain(_ columns: Int) -> Int { max(1, (1 << 15) / max(1, columns)) }
