import Graph
import Models
import Tensors

/// How several photos of one person become one identity.
enum IdentityFusion: String, ParameterChoice {
    /// All photos go through the encoder together: PuLID v1.1's way.
    case joint
    /// All tokens of the first photo, then those made of the ID vector, the first five, of each further one: v1's way.
    case concat
    /// All tokens of all photos: v1 with the demo's `id_mix`.
    case mix
    /// The mean of the photos' tokens.
    case mean

    /// What the authors do.
    static func usual(for encoder: PuLIDEncoder) -> IdentityFusion {
        switch encoder {
        case .v1: .concat
        case .v1_1: .joint
        }
    }
}

/// What the tower and the recogniser say of one photo.
struct SeenFace {
    /// (1, 512 + 768)
    let vector: Tensor
    /// Each (1, 1 + patches, width)
    let hiddenStates: [Tensor]
}

extension PuLIDEncoder {
    /// One identity of several photos.
    ///
    /// PuLID: app.py::run for v1, pulid/pipeline_v1_1.py::get_id_embedding for v1.1
    /// - Throws: `IdentityFusionError` where this version has no such way
    func identity(of faces: [SeenFace], by fusion: IdentityFusion, positions: Int) throws -> IdentityArtifact {
        switch self {
        case .v1(let encoder):
            let each = faces.map { encoder($0.vector, hiddenStates: $0.hiddenStates) }
            let nobody = faces.map { _ in encoder.unconditional(positions: positions) }
            let tokens = encoder.config.tokens
            return IdentityArtifact(
                id: try joined(each, by: fusion, firstTokens: tokens),
                uncond: try joined(nobody, by: fusion, firstTokens: tokens)
            )
        case .v1_1(let encoder):
            let nobody = encoder.unconditional(positions: positions)
            guard fusion != .joint else {
                let vectors = faces.map { $0.vector.reshaped([1, 1, $0.vector.count]) }
                let states = (0..<encoder.config.features).map { scale in
                    Tensor.concatenated(faces.map { $0.hiddenStates[scale] }, axis: 1)
                }
                return IdentityArtifact(
                    id: encoder(.concatenated(vectors, axis: 1), hiddenStates: states),
                    uncond: nobody
                )
            }
            let each = faces.map {
                encoder($0.vector.reshaped([1, 1, $0.vector.count]), hiddenStates: $0.hiddenStates)
            }
            return IdentityArtifact(
                id: try joined(each, by: fusion, firstTokens: nil),
                uncond: try joined(faces.map { _ in nobody }, by: fusion, firstTokens: nil)
            )
        }
    }
}

/// (1, T, width) each -> one; a single identity stays as it is. `firstTokens` are made of the ID vector alone; nil where
/// no tokens are.
private func joined(_ identities: [Tensor], by fusion: IdentityFusion, firstTokens: Int?) throws -> Tensor {
    switch fusion {
    case .joint: throw IdentityFusionError.jointNeedsIDFormer
    case .concat:
        guard let firstTokens else { throw IdentityFusionError.concatNeedsIDEncoder }
        let further = identities.dropFirst().map { $0.sliced(axis: 1, 0..<firstTokens) }
        return .concatenated(identities.prefix(1) + further, axis: 1)
    case .mix: return .concatenated(identities, axis: 1)
    case .mean:
        guard let first = identities.first, identities.count > 1 else { return identities[0] }
        return identities.dropFirst().reduce(first, +) / Float(identities.count)
    }
}

/// A way of joining photos that the weights' version does not have.
enum IdentityFusionError: Error, Hashable {
    case jointNeedsIDFormer
    case concatNeedsIDEncoder
}

extension IdentityFusionError: CustomStringConvertible {
    var description: String {
        switch self {
        case .jointNeedsIDFormer:
            "fuse: joint is PuLID v1.1's, and these weights are v1: use concat, mix or mean, or load pulid_v1.1.safetensors"
        case .concatNeedsIDEncoder:
            "fuse: concat takes the tokens that PuLID v1 makes of the ID vector alone, and v1.1 makes none: "
                + "use joint, mix or mean"
        }
    }
}
