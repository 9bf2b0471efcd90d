import Kernels
import Tensors

/// A small network with SCRFD's input and outputs: a residual backbone, a pyramid that brings context down to finer
/// grids, and on each of three grids a head for two anchors a position.
///
/// Guo et al. 2021, "Sample and Computation Redistribution for Efficient Face Detection"
/// (https://arxiv.org/abs/2105.04714), much reduced: the picture is first brought to a quarter of its size, so what is
/// smaller than a dozen pixels is not seen.
public struct SCRFDNetwork: Sendable {
    /// What is read off one grid, two anchors a position.
    public struct Level: Sendable {
        /// Logits, (B, H, W, 2).
        public let scores: Tensor
        /// Distances to the left, upper, right and lower side of the box, in strides: (B, H, W, 2 * 4).
        public let distances: Tensor
        /// Offsets of the five points, x and y, in strides: (B, H, W, 2 * 10).
        public let points: Tensor

        package init(scores: Tensor, distances: Tensor, points: Tensor) {
            (self.scores, self.distances, self.points) = (scores, distances, points)
        }

        /// Scores (B n, 1) in 0...1, distances (B n, 4) and points (B n, 10) of the n anchors, row by row.
        var rows: [Tensor] {
            let n = scores.count
            return [scores.sigmoid().reshaped([n, 1]), distances.reshaped([n, 4]), points.reshaped([n, 10])]
        }
    }

    public let config: Config
    let stem: ConvBNReLU
    let layers: [[BasicBlock]]
    let laterals: [Conv2d]
    let heads: [SCRFDHead]

    /// How much the picture shrinks before the first convolution.
    public static let pooling = 4
    /// Half the sides of each anchor's usual faces, in strides: in pixels faces of 16 and 32, 64 and 128, 256 and 512.
    package static let anchorScales: [[Float]] = [[1, 2], [2, 4], [4, 8]]

    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config = Config()) throws {
        self.config = config
        stem = try ConvBNReLU(w / "stem", from: 3, to: config.stemWidth, stride: 2)
        layers = try config.widths.indices.map { layer in
            let before = layer == 0 ? config.stemWidth : config.widths[layer - 1]
            return try (0..<config.depths[layer]).map { i in
                try BasicBlock(
                    w / "layers" / layer / i,
                    from: i == 0 ? before : config.widths[layer],
                    to: config.widths[layer],
                    stride: i == 0 && layer > 0 ? 2 : 1
                )
            }
        }
        laterals = try config.widths.enumerated().map { layer, width in
            try Conv2d(w / "laterals" / layer, from: width, to: config.neckWidth, kernel: 1)
        }
        heads = try Self.anchorScales.enumerated().map { layer, scales in
            try SCRFDHead(w / "heads" / layer, width: config.neckWidth, scales: scales)
        }
    }

    /// Picture (1, 3, H, W), normalised by `SCRFD.normalized` -> the nine outputs that `SCRFD.faces` reads: scores
    /// (n, 1) of the three grids, then distances (n, 4), then points (n, 10).
    ///
    /// - Precondition: 32 divides both sides.
    public func callAsFunction(_ picture: Tensor) -> [Tensor] {
        let rows = levels(picture.channelsLast().averagePooled(side: Self.pooling)).map(\.rows)
        return (0..<3).flatMap { output in rows.map { $0[output] } }
    }

    /// Pictures (B, h, w, 3), normalised and at a quarter of their size -> what is read off the grids, finest first.
    public func levels(_ pictures: Tensor) -> [Level] {
        let (_, h, w, _) = pictures.shape4
        require(h % 8 == 0 && w % 8 == 0, "8 does not divide the sides of \(pictures.shape)")
        // 1. From fine to coarse.
        var maps: [Tensor] = []
        for layer in layers { maps.append(layer.reduce(maps.last ?? stem(pictures)) { x, block in block(x) }) }
        // 2. Context from coarse to fine.
        var necks = zip(laterals, maps).map { $0($1) }
        for level in [1, 0] { necks[level] = necks[level] + necks[level + 1].upsampledNearest2x() }
        // 3. Faces.
        return zip(heads, necks).map { $0($1) }
    }
}

/// What reads faces off one grid.
struct SCRFDHead: Sendable {
    let conv: ConvBNReLU
    let scores, distances, points: Conv2d
    /// Of each channel of the distances and of the points.
    private let scales: (distances: Tensor, points: Tensor)

    /// - Parameter scales: of the two anchors; what the convolutions give is about 1 for a face of an anchor's usual
    ///   size
    init(_ w: Weights, width: Int, scales: [Float]) throws {
        func convolution(_ name: String, to cOut: Int) throws -> Conv2d {
            try Conv2d(w / name, from: width, to: cOut, kernel: 1)
        }
        conv = try ConvBNReLU(w / "conv", from: width, to: width)
        scores = try convolution("scores", to: scales.count)
        distances = try convolution("distances", to: 4 * scales.count)
        points = try convolution("points", to: 10 * scales.count)
        func row(_ n: Int) -> Tensor {
            Tensor(scales.flatMap { Array(repeating: $0, count: n) }, shape: [n * scales.count])
        }
        self.scales = (row(4), row(10))
    }

    /// (B, H, W, C)
    func callAsFunction(_ x: Tensor) -> SCRFDNetwork.Level {
        let h = conv(x)
        return SCRFDNetwork.Level(
            scores: scores(h),
            distances: distances(h).multipliedByRow(scales.distances),
            points: points(h).multipliedByRow(scales.points)
        )
    }
}

extension Tensor {
    /// Pictures (B, H, W, C) -> (B, H / side, W / side, C): the means of squares. No gradient flows back through it.
    fileprivate func averagePooled(side: Int) -> Tensor {
        let (B, H, W, C) = shape4
        require(H % side == 0 && W % side == 0, "\(side) does not divide the sides of \(shape)")
        var means = [Float](repeating: 0, count: count / (side * side))
        withValues { x in
            for i in x.indices {
                let (row, column) = (i / (W * C), i / C % W)
                means[(row / side * (W / side) + column / side) * C + i % C] += x[i]
            }
        }
        return Tensor(means, shape: [B, H / side, W / side, C]) / Float(side * side)
    }
}
