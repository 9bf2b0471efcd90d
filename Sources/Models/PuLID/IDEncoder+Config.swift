import Tensors

extension IDEncoder {
    /// The sizes of an encoder. PuLID's files say them by their tensors' shapes alone.
    public struct Config: Hashable, Sendable {
        /// Numbers of the ID vector: 512 + 768.
        public let idWidth: Int
        /// Inside `body`.
        public let hiddenWidths: [Int]
        /// Tokens made of the ID vector.
        public let tokens: Int
        /// Hidden states, each of which gives one token.
        public let features: Int
        /// Width of a hidden state.
        public let featureWidth: Int
        /// Width of a token: that of the UNet's text.
        public let contextWidth: Int

        /// The sizes of pulid_v1.bin unless given. The widths inside `body` follow from them as in the reference.
        public init(
            idWidth: Int = 1280,
            tokens: Int = 5,
            features: Int = 5,
            featureWidth: Int = 1024,
            contextWidth: Int = 2048
        ) {
            self.idWidth = idWidth
            self.tokens = tokens
            self.features = features
            self.featureWidth = featureWidth
            self.contextWidth = contextWidth
            hiddenWidths = [min(contextWidth * tokens / 4, 1024), min(contextWidth * tokens / 2, 1024)]
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Parameter w: at the encoder: below `id_adapter` in pulid_v1.bin
        /// - Throws: `WeightsError.wrongModel` when this is another model, PuLID v1.1 above all
        public init(_ w: Weights) throws {
            guard let first = w.shape(of: "body.0.weight"), first.count == 2,
                let second = w.shape(of: "body.3.weight"), second.count == 2,
                let last = w.shape(of: "body.6.weight"), last.count == 2,
                let mapping = w.shape(of: "mapping_0.6.weight"), mapping.count == 2,
                (first + second + last + mapping).areLayerSizes, last[0] % mapping[0] == 0
            else {
                throw WeightsError.wrongModel(
                    found: w.contains("latents") ? "PuLID v1.1 (IDFormer)" : "something else",
                    expected: "PuLID v1 (IDEncoder)",
                    source: w.source.name
                )
            }
            idWidth = first[1]
            hiddenWidths = [first[0], second[0]]
            contextWidth = mapping[0]
            featureWidth = mapping[1]
            tokens = last[0] / contextWidth
            features = w.count(from: 1, to: Self.featuresLimit) { "mapping_\($0).0.weight" }
        }

        private static let featuresLimit = 1 << 8
    }
}
