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
            precondition(widths.count == 3 && depths.count == 3, "SCRFD has three layers")
            (self.stemWidth, self.widths, self.depths, self.neckWidth) = (stemWidth, widths, depths, neckWidth)
        }
    }
}
