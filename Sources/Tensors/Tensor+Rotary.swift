import CKernels
import Kernels

extension Tensor {
    /// Turns each pair of neighbours by its angle: (a, b) -> (a cos - b sin, b cos + a sin).
    ///
    /// - Parameters:
    ///   - cosines: (L, C), the same for both numbers of a pair; self is (B, L, C)
    ///   - sines: as `cosines`
    public func rotatedPairs(cosines: Tensor, sines: Tensor) -> Tensor {
        let (_, L, C) = shape3
        require(
            cosines.shape == [L, C] && sines.shape == [L, C] && C % 2 == 0,
            "angles of \(cosines.title) do not fit \(title)"
        )
        return Tensor.rowwise(shape) { rows, y in
            for (i, row) in rows.enumerated() {
                let angle = row % L * C
                pk_rotate_pairs(pointer + row * C, cosines.pointer + angle, sines.pointer + angle, y + i * C, C)
            }
        }.recorded(from: self) { dy in
            // The other way round.
            [dy.rotatedPairs(cosines: cosines, sines: sines * -1)]
        }
    }
}
