import Tensors

extension BiSeNet {
    /// The sizes of a network, which its tensors' shapes say.
    public struct Config: Hashable, Sendable {
        /// Channels after the first convolution.
        public let stemWidth: Int
        /// Channels of the backbone's four layers.
        public let widths: [Int]
        /// Blocks of the backbone's four layers.
        public let depths: [Int]
        /// Channels that bring context from the lower resolutions.
        public let contextWidth: Int
        /// Channels after both paths are fused.
        public let fusionWidth: Int
        /// Channels before the classes.
        public let headWidth: Int
        public let classes: Int

        /// parsing_bisenet.pth's sizes unless given.
        public init(
            stemWidth: Int = 64,
            widths: [Int] = [64, 128, 256, 512],
            depths: [Int] = [2, 2, 2, 2],
            contextWidth: Int = 128,
            fusionWidth: Int = 256,
            headWidth: Int = 256,
            classes: Int = 19
        ) {
            self.stemWidth = stemWidth
            self.widths = widths
            self.depths = depths
            self.contextWidth = contextWidth
            self.fusionWidth = fusionWidth
            self.headWidth = headWidth
            self.classes = classes
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Throws: `WeightsError.wrongModel` when this is another network
        public init(_ w: Weights) throws {
            func convolution(_ name: String) throws -> [Int] {
                guard let shape = w.shape(of: "\(name).weight"), shape.count == 4, shape.areLayerSizes else {
                    throw WeightsError.wrongModel(
                        found: "something else",
                        expected: "a face parser (BiSeNet, parsing_bisenet.pth)",
                        source: w.source.name
                    )
                }
                return shape
            }
            stemWidth = try convolution("cp.resnet.conv1")[0]
            widths = try (1...4).map { try convolution("cp.resnet.layer\($0).0.conv1")[0] }
            depths = (1...4).map { layer in
                w.count(from: 1, to: Self.depthLimit) { "cp.resnet.layer\(layer).\($0).conv1.weight" }
            }
            contextWidth = try convolution("cp.arm16.conv.conv")[0]
            fusionWidth = try convolution("ffm.convblk.conv")[0]
            let head = try convolution("conv_out.conv_out")
            (classes, headWidth) = (head[0], head[1])
        }

        private static let depthLimit = 1 << 10
    }
}
