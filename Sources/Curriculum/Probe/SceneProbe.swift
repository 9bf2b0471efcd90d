import Imaging
import Kernels
import Tensors
import World

/// Reads off a picture of the small world what a caption would say about it: the part that CLIP has in evaluations of
/// real pictures. One answer per factor instead of a common space of words and pictures.
///
/// A convolutional network of residual blocks with group norms, so a picture's answer does not depend on the others in
/// its batch, and for each factor a linear head over the whole last map: where light and face turn to is seen by what is
/// on which side.
public struct SceneProbe: Sendable {
    /// The network's sizes.
    public struct Config: Hashable, Sendable {
        /// Channels of the stages; each has half the side of the one before.
        public let widths: [Int]
        /// Blocks of each stage.
        public let depths: [Int]
        /// Groups of the norms.
        public let groups: Int

        /// - Precondition: as many depths as widths, and `groups` divides each width.
        public init(widths: [Int] = [24, 48, 80, 96], depths: [Int] = [1, 2, 1, 1], groups: Int = 8) {
            require(
                widths.count == depths.count && widths.allSatisfy { $0 % groups == 0 },
                "widths \(widths) in \(groups) groups, depths \(depths)"
            )
            (self.widths, self.depths, self.groups) = (widths, depths, groups)
        }
    }

    /// Side of the pictures in pixels.
    public static let side = 64

    let stem: Conv2d
    let stages: [[PreActivationBlock]]
    let norm: GroupNorm
    let heads: [(factor: SceneFactor, linear: Linear)]

    /// - Throws: `WeightsError`
    public init(_ w: Weights, config: Config = Config()) throws {
        let widths = config.widths
        stem = try Conv2d(w / "stem", from: 3, to: widths[0], kernel: 5, stride: 2)
        stages = try widths.indices.map { stage in
            try (0..<config.depths[stage]).map { i in
                try PreActivationBlock(
                    w / "stages" / stage / i,
                    from: i == 0 ? widths[max(0, stage - 1)] : widths[stage],
                    to: widths[stage],
                    stride: i == 0 && stage > 0 ? 2 : 1,
                    groups: config.groups
                )
            }
        }
        let width = widths[widths.count - 1]
        norm = try GroupNorm(w / "norm", groups: config.groups, channels: width)
        // The stem halves the side, and each stage but the first.
        let grid = Self.side >> widths.count
        heads = try SceneFactor.allCases.map {
            ($0, try Linear(w / "heads" / $0.key, from: grid * grid * width, to: $0.values.count))
        }
    }

    /// Pictures (B, 3, 64, 64) in -1...1 -> the last map (B, H, W, C)
    func map(_ pictures: Tensor) -> Tensor {
        norm(stages.joined().reduce(stem(pictures.channelsLast())) { x, block in block(x) }, silu: true)
    }

    /// The last map -> for each factor logits (B, values)
    func logits(_ map: Tensor) -> [(factor: SceneFactor, logits: Tensor)] {
        let (B, H, W, C) = map.shape4
        let row = map.reshaped([B, H * W * C])
        return heads.map { ($0.factor, $0.linear(row)) }
    }

    /// The last map -> its mean over a picture (B, C), of length 1
    func features(_ map: Tensor) -> Tensor {
        let (B, H, W, C) = map.shape4
        return map.reshaped([B, H * W, C]).meanOfMiddle().reshaped([B, C]).l2Normalized()
    }
}
