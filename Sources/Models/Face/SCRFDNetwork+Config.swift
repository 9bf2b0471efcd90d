import Kernels
import Tensors

extension SCRFDNetwork {
    /// The sizes of a network.
    public struct Config: Hashable, Sendable {
        /// Channels after the first convolution.
        public let stemWidth: Int
        /// Channels of the backbone's three layers, whose strides are 8, 16 and 32.
        public let widths: [Int]
        /// Blocks of each layer.
        public let depths: [Int]
        /// Channels from which faces are read.
        public let neckWidth: Int

        /// - Precondition: three widths and three depths, all positive.
        public init(
            stemWidth: Int = 16,
            widths: [Int] = [24, 40, 64],
            depths: [Int] = [1, 2, 3],
            neckWidth: Int = 32
        ) {
            require(widths.count == 3 && depths.count == 3, "SCRFD has three layers")
            (self.stemWidth, self.widths, self.depths, self.neckWidth) = (stemWidth, widths, depths, neckWidth)
        }

        /// Reads the sizes off trained weights.
        ///
        /// - Throws: `WeightsError.wrongModel` when this is another network
        public init(_ w: Weights) throws {
            func width(_ name: String) throws -> Int {
                guard let shape = w.shape(of: "\(name).weight"), shape.count == 4, shape.areLayerSizes else {
                    throw WeightsError.wrongModel(
                        found: "something else",
                        expected: "a face detector that train_detector made",
                        source: w.source.name
                    )
                }
                return shape[0]
            }
            stemWidth = try width("stem.conv")
            widths = try (0..<3).map { try width("layers.\($0).0.conv1") }
            depths = (0..<3).map { layer in
                w.count(from: 1, to: Self.depthLimit) { "layers.\(layer).\($0).conv1.weight" }
            }
            neckWidth = try width("laterals.0")
        }

        private static let depthLimit = 1 << 10
    }
}
