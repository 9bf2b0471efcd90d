import Tensors

extension RRDBNet {
    /// The sizes of a network, which its tensors' shapes say.
    public struct Config: Hashable, Sendable {
        /// Channels between the blocks.
        public let width: Int
        /// Channels that each convolution of a dense block adds.
        public let growth: Int
        public let blocks: Int
        /// How often the result is doubled.
        public let doublings: Int
        /// A square of so many pixels on each side becomes one with more channels before anything else.
        public let unshuffle: Int

        /// What both sides of a picture are multiplied by.
        public var scale: Int { (1 << doublings) / unshuffle }

        public init(width: Int = 64, growth: Int = 32, blocks: Int = 23, doublings: Int = 2, unshuffle: Int = 1) {
            self.width = width
            self.growth = growth
            self.blocks = blocks
            self.doublings = doublings
            self.unshuffle = unshuffle
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Throws: `WeightsError.wrongModel` when this is another network, or one of other pictures
        public init(_ w: Weights) throws {
            func other(_ found: String) -> WeightsError {
                .wrongModel(found: found, expected: "an upscaler (RRDBNet of ESRGAN) for RGB", source: w.source.name)
            }
            let first = w.shape(of: "conv_first.weight") ?? []
            let dense = w.shape(of: "body.0.rdb1.conv1.weight") ?? []
            let last = w.shape(of: "conv_last.weight") ?? []
            guard first.count == 4, dense.count == 4, last.count == 4, (first + dense + last).areLayerSizes else {
                throw other("something else")
            }
            let doublings = Self.count(to: Self.doublingLimit) { w.contains("conv_up\($0 + 1).weight") }
            guard last[0] == Self.colors,
                let unshuffle = Self.factors.first(where: { Self.colors * $0 * $0 == first[1] })
            else { throw other("one that takes \(first[1]) channels and gives \(last[0])") }
            guard unshuffle <= 1 << doublings else {
                throw other("one that makes pictures smaller, with \(first[1]) channels and \(doublings) doublings")
            }
            self.init(
                width: first[0],
                growth: dense[0],
                blocks: Self.count(to: Self.blockLimit) { w.contains("body.\($0).rdb1.conv1.weight") },
                doublings: doublings,
                unshuffle: unshuffle
            )
        }

        static let colors = 3
        private static let factors = [1, 2, 4]
        private static let doublingLimit = 4
        private static let blockLimit = 1 << 10

        private static func count(to limit: Int, where holds: (Int) -> Bool) -> Int {
            (0..<limit).first { !holds($0) } ?? limit
        }
    }
}
