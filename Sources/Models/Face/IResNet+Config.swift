import Tensors

extension IResNet {
    /// The sizes of a network, which its tensors' shapes say.
    public struct Config: Hashable, Sendable {
        /// Channels after the first convolution.
        public let stemWidth: Int
        /// Blocks of each of the four stages.
        public let depths: [Int]
        /// Channels of each of the four stages.
        public let widths: [Int]
        /// Positions on each side that are left before the last layer.
        public let grid: Int
        /// Numbers that describe a face.
        public let features: Int

        /// Pixels on each side of the picture: each stage halves it.
        public var imageSize: Int { grid << depths.count }

        /// glintr100, the recogniser of antelopev2.
        public static let iresnet100 = Config(depths: [3, 13, 30, 3])
        public static let iresnet50 = Config(depths: [3, 4, 14, 3])

        /// insightface's sizes unless given.
        public init(
            stemWidth: Int = 64,
            depths: [Int],
            widths: [Int] = [64, 128, 256, 512],
            grid: Int = 7,
            features: Int = 512
        ) {
            self.stemWidth = stemWidth
            self.depths = depths
            self.widths = widths
            self.grid = grid
            self.features = features
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Throws: `WeightsError.wrongModel` when this is another network
        public init(_ w: Weights) throws {
            let stem = w.shape(of: "conv1.weight") ?? []
            let head = w.shape(of: "fc.weight") ?? []
            let stages = (1...4).map { w.shape(of: "layer\($0).0.conv1.weight") ?? [] }
            guard stem.count == 4, stages.allSatisfy({ $0.count == 4 }), head.count == 2,
                (stem + stages.joined() + head).areLayerSizes, w.contains("layer1.0.prelu.weight"),
                let grid = Self.grid(inputs: head[1], width: stages[3][0])
            else {
                throw WeightsError.wrongModel(
                    found: "something else",
                    expected: "a face recogniser (IResNet of ArcFace)",
                    source: w.source.name
                )
            }
            stemWidth = stem[0]
            widths = stages.map { $0[0] }
            depths = (1...4).map { stage in
                w.count(from: 1, to: Self.depthLimit) { "layer\(stage).\($0).conv1.weight" }
            }
            self.grid = grid
            features = head[0]
        }

        private static let depthLimit = 1 << 10
        /// Of pictures of 1024 pixels.
        private static let gridLimit = 64

        /// The side of a square of positions that, times `width`, makes the last layer's inputs.
        private static func grid(inputs: Int, width: Int) -> Int? {
            let side = Int(Double(inputs / width).squareRoot().rounded())
            return (1...gridLimit).contains(side) && side * side * width == inputs ? side : nil
        }
    }
}
