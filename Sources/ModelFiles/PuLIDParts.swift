import Models
import Tensors

/// PuLID's own weights and the vision tower that they were trained with, by their files.
package struct PuLIDParts {
    private let weights: String
    private let tower: String
    private let files: OpenFiles

    package init(weights: String, tower: String, files: OpenFiles = OpenFiles()) {
        (self.weights, self.tower, self.files) = (weights, tower, files)
    }

    /// Checks from headers alone that both are what they are taken for, whole, and made for each other.
    ///
    /// - Throws: `CheckpointError`, `WeightsError`, `ModelConfigError`
    package func check() throws {
        let encoder = try Self.encoder(weights, files)
        let config = try Self.tower(tower, files).config
        guard let encoder else { return }
        guard encoder.features == config.hiddenStateBlocks.count, encoder.featureWidth == config.width,
            encoder.idWidth > config.outputWidth
        else {
            throw WeightsError.wrongModel(
                found: "EVA02-CLIP with \(config.hiddenStateBlocks.count) hidden states of width \(config.width)",
                expected: "one with \(encoder.features) of width \(encoder.featureWidth), as \(weights) takes them",
                source: tower
            )
        }
    }

    /// - Returns: the encoder, without numbers; nil for the identity attention alone, whose identities come from elsewhere
    static func encoder(_ path: String, _ files: OpenFiles) throws -> PuLIDEncoder? {
        let kind = try files.require(path, expected: "PuLID for SDXL (pulid_v1.bin, pulid_v1.1.safetensors)") { kind in
            [.pulid(.v1), .pulid(.v1_1), .pulid(.attentionOnly)].contains(kind)
        }
        let weights = Weights(try HeaderWeights(PuLIDFile.renamed(files.source(path))))
        try checkAttention(weights)
        let isWhole = kind != .pulid(.attentionOnly)
        let encoder = isWhole ? try PuLIDEncoder(weights / PuLIDFile.encoder) : nil
        try weights.assertAllUsed()
        return encoder
    }

    static func tower(_ path: String, _ files: OpenFiles) throws -> EVAVisionTransformer {
        try files.require(path, expected: "EVA02-CLIP (EVA02_CLIP_L_336_psz14_s6B.pt)") { $0 == .evaCLIP }
        do {
            let file = try EVACLIPFile(files.source(path))
            return try EVAVisionTransformer(checkpoint: Weights(HeaderWeights(file.weights)), metadata: file.metadata)
        } catch let error as ModelConfigError {
            throw ModelFileError.badConfig(path: path, reason: "\(error)")
        }
    }

    /// A matrix of keys and one of values in each layer, all for tokens of one width. Which layers there have to be is said by
    /// the UNet that they are put into.
    private static func checkAttention(_ weights: Weights) throws {
        let prefix = "\(PuLIDFile.attention)."
        let layers = weights.source.tensorNames.compactMap { name in
            name.hasPrefix(prefix) ? name.dropFirst(prefix.count).split(separator: ".").first.map(String.init) : nil
        }
        var width: Int?
        for layer in Set(layers).sorted() {
            for matrix in ["id_to_k", "id_to_v"] {
                let name = "\(prefix)\(layer).\(matrix).weight"
                let found = weights.shape(of: name) ?? []
                width = width ?? found.last
                _ = try weights.tensor(name, shape: [found.first ?? 0, width ?? 0], initial: .zeros)
            }
        }
    }
}
