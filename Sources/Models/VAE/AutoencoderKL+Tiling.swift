import Tensors

extension AutoencoderKL {
    /// Squares that a picture is cut into, each of which goes through the network by itself: less memory, and slightly
    /// other numbers, because group norm and attention then see a tile and not the picture.
    ///
    /// diffusers: models/autoencoders/autoencoder_kl.py, `tile_sample_min_size` and its kin
    public struct Tiling: Hashable, Sendable {
        /// Of a tile in the picture.
        public let pixels: Int
        /// Of a tile in the latent.
        public let positions: Int

        /// A quarter of each tile overlaps with the next one.
        static let overlap = 4

        /// - Parameters:
        ///   - pixels: on each side of a tile
        ///   - downscale: the autoencoder's
        /// - Throws: `ModelConfigError` unless a quarter of a tile is a whole number of latent positions
        public init(pixels: Int, downscale: Int) throws {
            let unit = Self.overlap * downscale
            guard pixels > 0, pixels % unit == 0 else {
                throw ModelConfigError.invalid(
                    model: "AutoencoderKL",
                    key: "tile",
                    value: "\(pixels)",
                    reason: "a multiple of \(unit) pixels is needed"
                )
            }
            self.pixels = pixels
            positions = pixels / downscale
        }
    }

    /// As `decode`, tile by tile if the picture is larger than one.
    ///
    /// diffusers: AutoencoderKL.tiled_decode
    ///
    /// - Parameter beforeTile: called before each tile with the number of those that are done, and of all; what it throws
    ///   ends the work
    public func decode(
        _ latent: Tensor,
        tiling: Tiling,
        beforeTile: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> Tensor {
        try tiled(latent, side: tiling.positions, resultSide: tiling.pixels, beforeTile: beforeTile) { decode($0) }
    }

    /// As `encode`, tile by tile if the picture is larger than one.
    ///
    /// diffusers: AutoencoderKL.tiled_encode
    ///
    /// - Parameter beforeTile: as for `decode`
    public func encode(
        _ image: Tensor,
        tiling: Tiling,
        beforeTile: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> DiagonalGaussian {
        DiagonalGaussian(
            try tiled(image, side: tiling.pixels, resultSide: tiling.positions, beforeTile: beforeTile) { moments($0) }
        )
    }

    /// Cuts `x` (B, C, H, W) into tiles, and joins what `network` makes of them by blending each into its neighbours
    /// above and on the left.
    private func tiled(
        _ x: Tensor,
        side: Int,
        resultSide: Int,
        beforeTile: (Int, Int) throws -> Void,
        network: (Tensor) -> Tensor
    ) throws -> Tensor {
        let (_, _, H, W) = x.shape4
        guard H > side || W > side else {
            try beforeTile(0, 1)
            return network(x)
        }
        let extent = resultSide / Tiling.overlap
        let kept = resultSide - extent
        let tops = Array(stride(from: 0, to: H, by: side - side / Tiling.overlap))
        let lefts = Array(stride(from: 0, to: W, by: side - side / Tiling.overlap))
        var rows: [Tensor] = []
        var above: [Tensor] = []
        for (i, top) in tops.enumerated() {
            let strip = x.sliced(axis: 2, top..<min(top + side, H))
            var row: [Tensor] = []
            for (j, left) in lefts.enumerated() {
                try beforeTile(i * lefts.count + j, tops.count * lefts.count)
                var tile = network(strip.sliced(axis: 3, left..<min(left + side, W)))
                if i > 0 { tile = tile.blended(after: above[j], axis: 2, extent: extent) }
                if j > 0 { tile = tile.blended(after: row[j - 1], axis: 3, extent: extent) }
                row.append(tile)
            }
            let joined = Tensor.concatenated(row.map { $0.prefix(kept, axis: 3) }, axis: 3)
            rows.append(joined.prefix(kept, axis: 2))
            above = row
        }
        return .concatenated(rows, axis: 2)
    }
}

extension Tensor {
    /// Goes over from the end of `neighbour` to this along an axis, in at most `extent` steps.
    ///
    /// diffusers: AutoencoderKL.blend_v, blend_h
    fileprivate func blended(after neighbour: Tensor, axis: Int, extent: Int) -> Tensor {
        let (length, before) = (shape[axis], neighbour.shape[axis])
        let extent = min(length, before, extent)
        let steps = (0..<extent).map { step in
            let share = Float(step) / Float(extent)
            let old = neighbour.sliced(axis: axis, before - extent + step..<before - extent + step + 1)
            return old * (1 - share) + sliced(axis: axis, step..<step + 1) * share
        }
        let rest = extent < length ? [sliced(axis: axis, extent..<length)] : []
        return .concatenated(steps + rest, axis: axis)
    }

    fileprivate func prefix(_ count: Int, axis: Int) -> Tensor {
        shape[axis] <= count ? self : sliced(axis: axis, 0..<count)
    }
}
