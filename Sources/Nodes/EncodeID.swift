import Graph
import Imaging
import Models
import Tensors

/// PuLID: pulid/pipeline.py::get_id_embedding from the recogniser on, and app.py for several photos
struct EncodeID: Node {
    static let name = "encode_id"
    static let version = 1
    static let help = "Turns one face, or several of one person, into the identity tokens that the UNet attends to."

    @Input("one face or a list of faces") var face: [FaceArtifact]
    @Input("whose encoder") var pulid: PuLIDModel
    @Parameter(
        "how further faces join the first: concat adds their first five tokens, mix all of them, mean averages all faces"
    )
    var fuse: IdentityFusion = .concat

    func run(_ context: RunContext) throws -> IdentityArtifact {
        let tower = try pulid.tower(context)
        let encoder = try pulid.encoder(context)
        let identities = try face.map { face in
            // 1. the tower sees the grey features at its own size
            let size = tower.config.imageSize
            let features = FloatImage(tensor: face.features.channelsLast()).resized(
                width: size,
                height: size,
                by: .bicubic
            )
            let seen = tower(ImageNormalization.clip(features.tensor.channelsFirst()))

            // 2. the ID vector: the recogniser's numbers as they are, the tower's normalised
            let recognition = face.recognition.reshaped([1, face.recognition.count])
            let vector = Tensor.concatenated([recognition, seen.embedding.l2Normalized()], axis: 1)
            guard vector.shape[1] == encoder.config.idWidth, seen.hiddenStates.count == encoder.config.features else {
                throw NodeError.sizesDiffer(
                    what: "the ID vector",
                    found: vector.shape,
                    expected: [1, encoder.config.idWidth],
                    hint: "the recogniser, EVA-CLIP and PuLID's weights do not belong together"
                )
            }
            return encoder(vector, hiddenStates: seen.hiddenStates)
        }
        let positions = tower.config.grid * tower.config.grid + 1
        let nobody = encoder.unconditional(positions: positions)
        return IdentityArtifact(
            id: fuse(identities, firstTokens: encoder.config.tokens),
            uncond: fuse(identities.map { _ in nobody }, firstTokens: encoder.config.tokens)
        )
    }
}

/// How several photos of one person become one identity.
enum IdentityFusion: String, ParameterChoice {
    case concat, mix, mean

    /// (1, T, width) each -> one; a single identity stays as it is.
    func callAsFunction(_ identities: [Tensor], firstTokens: Int) -> Tensor {
        guard let first = identities.first, identities.count > 1 else { return identities[0] }
        switch self {
        case .concat:
            return .concatenated([first] + identities.dropFirst().map { $0.sliced(axis: 1, 0..<firstTokens) }, axis: 1)
        case .mix: return .concatenated(identities, axis: 1)
        case .mean: return identities.dropFirst().reduce(first, +) / Float(identities.count)
        }
    }
}
