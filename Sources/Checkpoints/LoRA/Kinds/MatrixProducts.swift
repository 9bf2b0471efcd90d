import Tensors

extension Tensor {
    /// (m, k) · (k, n) -> (m, n).
    func product(_ other: Tensor) -> Tensor { linear(other.transposed()) }

    /// A core (p, q, ...) between two matrices, of which one goes before its first axis and one behind its second:
    /// D[o, i, ...] = sum over p, q of left[o, p] core[p, q, ...] right[q, i].
    ///
    /// - Parameters:
    ///   - left: (out, p)
    ///   - right: (q, in)
    /// - Returns: (out, in * the rest)
    func tuckerProduct(_ left: Tensor, _ right: Tensor) -> Tensor {
        let (p, q) = (shape[0], shape[1])
        let taps = shape.dropFirst(2).reduce(1, *)
        let columns = right.shape[1]
        // (p, taps, q) -> (p, taps, in) -> (p, in, taps)
        let inner = reshaped([p, q, taps]).transposed().linear(right.transposed()).transposed()
        return left.product(inner.reshaped([p, columns * taps]))
    }

    /// Each element of a (a, b) times all of b (p, q): (a * p, b * q).
    func kronecker(_ other: Tensor) -> Tensor {
        let (a, b, p, q) = (shape[0], shape[1], other.shape[0], other.shape[1])
        var result = [Float](repeating: 0, count: a * b * p * q)
        withValues { outer in
            other.withValues { inner in
                for row in 0..<a * p {
                    for block in 0..<b {
                        let factor = outer[row / p * b + block]
                        for column in 0..<q {
                            result[(row * b + block) * q + column] = factor * inner[row % p * q + column]
                        }
                    }
                }
            }
        }
        return Tensor(result, shape: [a * p, b * q])
    }
}
