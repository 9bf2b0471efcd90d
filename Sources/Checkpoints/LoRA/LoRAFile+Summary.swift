extension LoRAFile {
    /// What one network gets.
    public struct Summary: Hashable, Sendable {
        public let network: Network
        /// How many layers are changed.
        public let layers: Int
        /// The ranks that occur, rising.
        public let ranks: [Int]
        /// The alphas that occur, rising; none where the rank stands for it.
        public let alphas: [Float]

        public init(network: Network, layers: Int, ranks: [Int], alphas: [Float]) {
            (self.network, self.layers, self.ranks, self.alphas) = (network, layers, ranks, alphas)
        }
    }

    public var summaries: [Summary] {
        networks.map { network in
            let updates = (updates[network] ?? [:]).values
            return Summary(
                network: network,
                layers: updates.count,
                ranks: Set(updates.compactMap { source.shape(of: $0.down)?.first }).sorted(),
                alphas: Set(updates.compactMap(\.alpha)).sorted()
            )
        }
    }

    /// Whose names its tensors have.
    public var style: String {
        let names = source.tensorNames
        if names.contains(where: { $0.hasPrefix("lora_unet_") || $0.hasPrefix("lora_te") }) { return "kohya" }
        return names.contains { $0.contains(".lora_A.") } ? "PEFT" : "diffusers"
    }
}
