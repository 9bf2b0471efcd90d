import Checkpoints
import Graph
import Tensors

/// A latent from a file that a recipe wrote.
struct LoadLatent: Node {
    static let version = 1
    static let help = "Reads a latent from a .safetensors file (tensor: latent)."
    static let evaluation = Evaluation.cachedEarly

    @Parameter("the file") var file: FileReference

    func run(_ context: RunContext) throws -> LatentArtifact {
        let latent = try SafetensorsFile(path: file.path).tensor("latent")
        guard latent.rank == 4, latent.count > 0 else {
            throw NodeError.sizesDiffer(
                what: "\(file.path): latent",
                found: latent.shape,
                expected: [1, 4, 128, 128],
                hint: "a latent is (batch, channels, height / 8, width / 8)"
            )
        }
        return LatentArtifact(latent)
    }
}
