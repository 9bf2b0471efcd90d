import Tensors

extension RetinaFace {
    /// The sizes of a network, which its tensors' shapes say.
    public struct Config: Hashable, Sendable {
        /// Channels after the first convolution.
        public let stemWidth: Int
        /// Channels inside the blocks of the backbone's four layers; four times as many leave them.
        public let planes: [Int]
        /// Blocks of the backbone's four layers.
        public let depths: [Int]
        /// Channels of the pyramid.
        public let width: Int

        /// detection_Resnet50_Final.pth's sizes unless given.
        public init(
            stemWidth: Int = 64,
            planes: [Int] = [64, 128, 256, 512],
            depths: [Int] = [3, 4, 6, 3],
            width: Int = 256
        ) {
            self.stemWidth = stemWidth
            self.planes = planes
            self.depths = depths
            self.width = width
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Throws: `WeightsError.wrongModel` when this is another network
        public init(_ w: Weights) throws {
            func channels(_ name: String) throws -> Int {
                guard let shape = w.shape(of: "\(name).weight"), shape.count == 4, shape.areLayerSizes else {
                    throw WeightsError.wrongModel(
                        found: "something else",
                        expected: "a face detector (RetinaFace with ResNet-50, detection_Resnet50_Final.pth)",
                        source: w.source.name
                    )
                }
                return shape[0]
            }
            stemWidth = try channels("body.conv1")
            planes = try (1...4).map { try channels("body.layer\($0).0.conv1") }
            depths = (1...4).map { layer in
                w.count(from: 1, to: Self.depthLimit) { "body.layer\(layer).\($0).conv1.weight" }
            }
            width = try channels("fpn.output1.0")
            try SettingsCheck(model: "RetinaFace").require(
                width % 4 == 0,
                "the pyramid's width",
                width,
                "a multiple of 4 is needed"
            )
        }

        private static let depthLimit = 1 << 10
    }
}
