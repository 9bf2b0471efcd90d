extension LoRAFile {
    /// What one network gets.
    public struct Summary: Hashable, Sendable {
        public let network: Network
        /// How many layers are changed.
        public let layers: Int
        /// What is done to them, sorted: "LoRA", "DoRA", "LoKr", ...
        public let kinds: [String]
        /// The ranks that occur, rising.
        public let ranks: [Int]
        /// The alphas that occur, rising; none where the rank stands for it.
        public let alphas: [Float]

        public init(network: Network, layers: Int, kinds: [String] = ["LoRA"], ranks: [Int], alphas: [Float]) {
            (self.network, self.layers, self.kinds) = (network, layers, kinds)
            (self.ranks, self.alphas) = (ranks, alphas)
        }
    }

    public var summaries: [Summary] {
        networks.map { network in
            let layers = (layers[network] ?? [:]).values
            let updates = layers.flatMap(\.updates)
            return Summary(
                network: network,
                layers: layers.count,
                kinds: Set(updates.map(\.kind)).sorted(),
                ranks: Set(updates.compactMap(\.rank)).sorted(),
                alphas: Set(layers.compactMap(\.alpha)).sorted()
            )
        }
    }

    /// Whose names its tensors have.
    public var style: String {
        let names = source.tensorNames
        func holds(_ prefix: String) -> Bool { names.contains { $0.hasPrefix(prefix) } }
        if holds("lora_unet_") || holds("lora_te") || holds("oft_unet_") { return "kohya" }
        if holds("lycoris_") { return "LyCORIS" }
        if holds("diffusion_model.") || holds("text_encoders.") { return "ComfyUI" }
        return names.contains { $0.contains(".lora_A.") } || holds("base_model.") ? "PEFT" : "diffusers"
    }
}
