import Checkpoints
import Graph
import ModelFiles
import Tensors

/// A latent from a file that a recipe wrote.
struct LoadLatent: Node {
    static let version = 2
    static let help = "Reads a latent from a .safetensors file (tensor: latent)."
    static let evaluation = Evaluation.cachedEarly

    @Parameter("the file") var file: FileReference

    func run(_ context: RunContext) throws -> LatentArtifact {
        let tensors = try SafetensorsFile(path: file.path)
        guard tensors.shape(of: "latent") != nil else {
            throw WeightsKind(tensors).wrong(expected: "a latent (tensor latent)", in: file.path)
        }
        let latent = try tensors.tensor("latent").copied()
        guard latent.rank == 4, latent.shape[0] == 1, latent.count > 0 else {
            throw NodeError.wrongLayout(
                path: file.path,
                tensor: "latent",
                found: latent.shape,
                layout: "a latent is (1, channels, height / 8, width / 8)"
            )
        }
        return LatentArtifact(latent, downscale: tensors.metadata[LatentArtifact.downscaleKey].flatMap { Int($0) })
    }
}
