import CKernels
import Elementary
import Kernels

extension Tensor {
    /// Cross-entropy of rows of logits (..., C) with a class each, summed -> (1): torch.nn.functional.cross_entropy
    /// before anything is divided.
    ///
    /// - Parameters:
    ///   - targets: the right class of each row, 0..<C; nil where none is known, such a row does not count
    ///   - weights: what each row's loss is multiplied by; 1 unless given
    public func crossEntropy(_ targets: [Int?], weights: [Float]? = nil) -> Tensor {
        let (rows, columns) = rowsAndColumns
        require(
            targets.count == rows && (weights?.count ?? rows) == rows
                && targets.allSatisfy { $0.map((0..<columns).contains) ?? true },
            "\(targets.count) classes do not fit \(title)"
        )
        let probabilities = detached().softmax()
        // log(sum(exp(x))) = max(x) - log(p(max)), and the largest probability is at least 1 / C.
        var losses = [Double](repeating: 0, count: rows)
        losses.withUnsafeMutableBufferPointer { losses in
            Parallel.forRanges(rows, grain: max(1, elementGrain / max(1, 16 * columns))) { range in
                for row in range {
                    guard let target = targets[row] else { continue }
                    let (x, p) = (pointer + row * columns, probabilities.pointer + row * columns)
                    var top = 0
                    for c in 1..<max(1, columns) where p[c] > p[top] { top = c }
                    losses[row] = Double((x[top] - x[target] - Float.log(p[top])) * (weights?[row] ?? 1))
                }
            }
        }
        return Tensor([Float(losses.reduce(0, +))], shape: [1]).recorded(from: self) { [shape] dy in
            let seed = dy.values[0]
            return [
                Tensor.rowwise(shape) { range, dx in
                    for (i, row) in range.enumerated() {
                        let dx = dx + i * columns
                        let scale = targets[row] == nil ? 0 : seed * (weights?[row] ?? 1)
                        pk_affine(probabilities.pointer + row * columns, scale, 0, dx, columns)
                        if let target = targets[row] { dx[target] -= scale }
                    }
                }
            ]
        }
    }
}
