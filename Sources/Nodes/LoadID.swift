import Checkpoints
import Graph
import ModelFiles
import Tensors

/// An identity from a file that a recipe wrote, or another program in the same layout.
struct LoadID: Node {
    static let version = 1
    static let help = "Reads an identity from a .safetensors file (tensors: id, uncond)."
    static let evaluation = Evaluation.cachedEarly

    @Parameter("the file") var file: FileReference

    func run(_ context: RunContext) throws -> IdentityArtifact {
        let tensors = try SafetensorsFile(path: file.path)
        guard tensors.shape(of: "id") != nil, tensors.shape(of: "uncond") != nil else {
            throw WeightsKind(tensors).wrong(expected: "an identity (tensors id and uncond)", in: file.path)
        }
        let id = try tensors.tensor("id").copied()
        let uncond = try tensors.tensor("uncond").copied()
        guard id.rank == 3, id.shape[0] == 1, id.shape == uncond.shape, id.count > 0 else {
            throw NodeError.wrongLayout(
                path: file.path,
                tensor: "id",
                found: id.shape,
                layout: "an identity is (1, tokens, width), and uncond has the same shape"
            )
        }
        return IdentityArtifact(id: id, uncond: uncond)
    }
}
