import Tensors

extension IDFormer {
    /// The sizes of an encoder. PuLID's files say them by their tensors' shapes; only the width of a head is not there.
    public struct Config: Hashable, Sendable {
        /// Numbers of the ID vector: 512 + 768.
        public let idWidth: Int
        /// Inside `id_embedding_mapping`.
        public let idHiddenWidths: [Int]
        /// Tokens made of one photo's ID vector.
        public let idTokens: Int
        /// Of latents and context inside the encoder.
        public let width: Int
        /// Tokens that come out.
        public let queries: Int
        /// Width of a token that comes out: that of the UNet's text.
        public let contextWidth: Int
        /// Hidden states of the tower.
        public let features: Int
        /// Width of a hidden state.
        public let featureWidth: Int
        /// Inside `mapping_<i>`.
        public let featureHiddenWidths: [Int]
        /// As many for each hidden state.
        public let layers: Int
        /// All heads of an attention together.
        public let innerWidth: Int
        public let headWidth: Int
        public let feedForwardWidth: Int

        /// The sizes of pulid_v1.1.safetensors unless given.
        public init(
            idWidth: Int = 1280,
            idHiddenWidths: [Int] = [1024, 1024],
            idTokens: Int = 5,
            width: Int = 1024,
            queries: Int = 32,
            contextWidth: Int = 2048,
            features: Int = 5,
            featureWidth: Int = 1024,
            featureHiddenWidths: [Int] = [1024, 1024],
            layers: Int = 10,
            innerWidth: Int = 1024,
            headWidth: Int = 64,
            feedForwardWidth: Int = 4096
        ) {
            self.idWidth = idWidth
            self.idHiddenWidths = idHiddenWidths
            self.idTokens = idTokens
            self.width = width
            self.queries = queries
            self.contextWidth = contextWidth
            self.features = features
            self.featureWidth = featureWidth
            self.featureHiddenWidths = featureHiddenWidths
            self.layers = layers
            self.innerWidth = innerWidth
            self.headWidth = headWidth
            self.feedForwardWidth = feedForwardWidth
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Parameters:
        ///   - w: at the encoder: below `id_adapter` in pulid_v1.1.safetensors
        ///   - headWidth: 64 in the reference, which no tensor tells
        /// - Throws: `WeightsError.wrongModel` when this is another model, PuLID v1 above all
        public init(_ w: Weights, headWidth: Int = 64) throws {
            func shape(_ name: String, rank: Int = 2) -> [Int]? {
                guard let shape = w.shape(of: name), shape.count == rank, shape.areLayerSizes else { return nil }
                return shape
            }
            guard let latents = shape("latents", rank: 3), let out = shape("proj_out"),
                let id = ["0", "3", "6"].map({ shape("id_embedding_mapping.\($0).weight") }) as? [[Int]],
                let feature = ["0", "3", "6"].map({ shape("mapping_0.\($0).weight") }) as? [[Int]],
                let query = shape("layers.0.0.to_q.weight"), let inner = shape("layers.0.1.1.weight")
            else { throw Self.wrongModel(w) }
            idWidth = id[0][1]
            idHiddenWidths = [id[0][0], id[1][0]]
            width = latents[2]
            queries = latents[1]
            contextWidth = out[1]
            featureWidth = feature[0][1]
            featureHiddenWidths = [feature[0][0], feature[1][0]]
            innerWidth = query[0]
            self.headWidth = headWidth
            feedForwardWidth = inner[0]
            func count(_ name: (Int) -> String) -> Int { w.count(to: Self.most, name) }
            features = count { "mapping_\($0).0.weight" }
            layers = count { "layers.\($0).0.to_q.weight" }
            idTokens = id[2][0] / width
            guard id[2][0] % width == 0, innerWidth % headWidth == 0, layers % features == 0 else {
                throw Self.wrongModel(w)
            }
        }

        private static func wrongModel(_ w: Weights) -> WeightsError {
            .wrongModel(
                found: w.contains("body.0.weight") ? "PuLID v1 (IDEncoder)" : "something else",
                expected: "PuLID v1.1 (IDFormer)",
                source: w.source.name
            )
        }

        /// More layers than any encoder has.
        private static let most = 1 << 8
    }
}
