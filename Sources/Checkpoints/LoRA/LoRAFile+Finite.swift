import Tensors

extension LoRAFile {
    /// Looks through the numbers that one network gets, as nothing good can come of a LoRA without numbers.
    ///
    /// - Throws: `LoRAError.notFinite`, `CheckpointError`
    public func requireFinite(_ network: Network) throws {
        let tensors = (layers[network] ?? [:]).values.flatMap { $0.updates.flatMap(\.tensors) }
        for tensor in tensors.sorted(by: { $0.name < $1.name }) where try !tensor().values.allSatisfy(\.isFinite) {
            throw LoRAError.notFinite(tensor.name, file: source.name)
        }
    }
}
