import Checkpoints
import ModelFiles
import Tensors

/// A file of weights of any format: every tensor of it, and what it would be as a LoRA.
func readWeights(_ bytes: [UInt8]) throws {
    let scratch = try Scratch()
    defer { scratch.remove(["weights"]) }
    let path = try scratch.write(bytes, as: "weights")
    do {
        let file = try WeightFile.open(path, limits: PyTorchLimits(operations: 1 << 16, repetitions: 1 << 12))
        _ = WeightsKind(file)
        for name in file.tensorNames { try readTensor(name, of: file) }
    } catch let error as CheckpointError {
        try require("\(error)".hasPrefix("\(path): "), "\(error)")
    }
    do { _ = try LoRAFile(path).networks } catch is CheckpointError {} catch is LoRAError {
    } catch is TextualInversionError {}
}

private func readTensor(_ name: String, of file: any CheckpointSource) throws {
    guard let count = file.shape(of: name)?.reduce(1, *) else { throw Contradiction(what: "\(name) has no shape") }
    let found: Int
    do {
        found = try file.tensor(name).values.count
    } catch CheckpointError.notFloats {
        do { found = try file.integers(name).count } catch CheckpointError.notIntegers { return }
    }
    try require(found == count, "\(name) has \(found) elements of \(count)")
}
