import Imaging
import Kernels
import Tensors

extension Tensor {
    /// Each picture of (B, C, H, W) moved by its transform (from its pixels to those of the result), bilinear, -1 outside
    /// -> (B, C, height, width). Gradients reach the pictures.
    ///
    /// OpenCV 5: cv2.warpAffine(flags=INTER_LINEAR, borderMode=BORDER_CONSTANT), whole coordinates being the middles of
    /// pixels; torch.nn.functional.grid_sample(align_corners=True) of the same positions.
    package func warped(by transforms: [AffineTransform], height: Int, width: Int) -> Tensor {
        let (B, C, H, W) = shape4
        require(transforms.count == B, "\(transforms.count) transforms for \(B) pictures")
        var corners = (0..<4).map { _ in BilinearCorner() }
        for (b, transform) in transforms.enumerated() {
            let back = transform.inverse
            for y in 0..<height {
                for x in 0..<width {
                    // Without an inverse everything comes from outside.
                    let cell = back.flatMap { PixelCell(around: $0(Point(Double(x), Double(y))), width: W, height: H) }
                    let (u, v) = (cell?.right ?? 0, cell?.down ?? 0)
                    for (i, share) in [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v].enumerated() {
                        let (column, row) = ((cell?.column ?? -1) + i % 2, (cell?.row ?? -1) + i / 2)
                        let isInside = cell != nil && column >= 0 && column < W && row >= 0 && row < H
                        corners[i].rows.append(isInside ? (b * H + row) * W + column : 0)
                        corners[i].shares.append(isInside ? Float(share) : 0)
                    }
                }
            }
        }
        // As far above -1 as they are: nothing outside then counts as -1.
        let pixels = channelsLast().reshaped([B * H * W, C]) + 1
        let mixed = corners.map { corner in
            pixels.rows(at: corner.rows).multipliedByColumn(Tensor(corner.shares, shape: [corner.shares.count, 1]))
        }
        return (mixed[0] + mixed[1] + mixed[2] + mixed[3] + -1).reshaped([B, height, width, C]).channelsFirst()
    }

    /// Each picture of (B, C, S, S) smoothed along both axes by (s / 4, 1 - s / 2, s / 4), s being its strength, with
    /// edges extended.
    package func blurred(_ strengths: [Float]) -> Tensor {
        let (_, C, S, _) = shape4
        if strengths.allSatisfy({ $0 == 0 }) { return self }
        let pictures = strengths.enumerated().map { b, strength in
            let x = sliced(axis: 0, b..<b + 1)
            guard strength > 0 else { return x }
            let filter = smoothing(S, strength)
            let across = x.linear(filter).reshaped([C, S, S]).transposed()
            return across.linear(filter).transposed().reshaped([1, C, S, S])
        }
        return .concatenated(pictures, axis: 0)
    }
}

/// Which pixel a corner of every place is, and how much it counts.
private struct BilinearCorner {
    var rows: [Int] = []
    var shares: [Float] = []
}

/// (S, S), rows that add up to 1.
private func smoothing(_ S: Int, _ strength: Float) -> Tensor {
    var rows = [Float](repeating: 0, count: S * S)
    for i in 0..<S {
        rows[i * S + i] += 1 - strength / 2
        rows[i * S + max(0, i - 1)] += strength / 4
        rows[i * S + min(S - 1, i + 1)] += strength / 4
    }
    return Tensor(rows, shape: [S, S])
}
