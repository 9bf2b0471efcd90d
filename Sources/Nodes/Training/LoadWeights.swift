import Checkpoints
import Graph
import Tensors

/// Weights from a file, where a training goes on from them.
struct LoadWeights: Node {
    static let version = 2
    static let help = "Reads the weights of a network from a file, for a training that starts from them."

    @Parameter("a .safetensors file, or a checkpoint of PyTorch") var file: FileReference

    func run(_ context: RunContext) throws -> WeightsArtifact {
        let source = try WeightFile.open(file.path)
        var tensors: [String: Tensor] = [:]
        for name in source.tensorNames {
            try context.checkCancellation()
            // Copied: the file may be written to while the value is in use.
            tensors[name] = try source.tensor(name).copied()
        }
        // Such as the vision tower's number of heads; what `format` says is of this file alone.
        return WeightsArtifact(tensors, metadata: source.metadata.filter { $0.key != "format" })
    }
}
