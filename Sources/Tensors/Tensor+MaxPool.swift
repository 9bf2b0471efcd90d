import Kernels

extension Tensor {
    /// torch.nn.MaxPool2d over (B, H, W, C) -> (B, H', W', C); what `padding` adds is never the largest.
    ///
    /// - Precondition: padding is at most half the kernel.
    public func maxPooled(kernel: Int, stride: Int, padding: Int) -> Tensor {
        let (B, H, W, C) = shape4
        require(2 * padding <= kernel, "a padding of \(padding) is more than half of \(kernel)")
        let height = (H + 2 * padding - kernel) / stride + 1
        let width = (W + 2 * padding - kernel) / stride + 1
        /// The input's rows or columns that output `i` sees.
        func window(_ i: Int, of size: Int) -> Range<Int> {
            max(0, i * stride - padding)..<min(size, i * stride - padding + kernel)
        }
        return Tensor([B, height, width, C]) { y in
            Parallel.forEach(B * height) { row in
                let rows = window(row % height, of: H)
                for column in 0..<width {
                    let largest = y + (row * width + column) * C
                    largest.update(repeating: -.infinity, count: C)
                    for i in rows {
                        for j in window(column, of: W) {
                            let x = pointer + ((row / height * H + i) * W + j) * C
                            for c in 0..<C { largest[c] = x[c] > largest[c] || x[c].isNaN ? x[c] : largest[c] }
                        }
                    }
                }
            }
        }.recorded(from: self) { [x = detached()] dy in
            // The gradient goes to the first of the largest.
            let dx = Tensor.zeros(x.shape)
            Parallel.forEach(B) { b in
                var largest = [Float](repeating: 0, count: C)
                var places = [Int](repeating: 0, count: C)
                for row in 0..<height {
                    for column in 0..<width {
                        let (rows, columns) = (window(row, of: H), window(column, of: W))
                        let first = ((b * H + rows.lowerBound) * W + columns.lowerBound) * C
                        for c in 0..<C { (largest[c], places[c]) = (x.pointer[first + c], first + c) }
                        for i in rows {
                            for j in columns {
                                let place = ((b * H + i) * W + j) * C
                                for c in 0..<C where x.pointer[place + c] > largest[c] {
                                    (largest[c], places[c]) = (x.pointer[place + c], place + c)
                                }
                            }
                        }
                        let from = dy.pointer + ((b * height + row) * width + column) * C
                        for c in 0..<C { dx.storage.base[places[c]] += from[c] }
                    }
                }
            }
            return [dx]
        }
    }
}
