import Checkpoints
import Graph
import ModelFiles
import Models
import Tensors

/// Weights that models share which differ in LoRAs alone, and what LoRAs make of them.
extension SDXLModel {
    /// A network's LoRAs in the recipe's order: their numbers, roles and files.
    private func loras(of network: LoRAFile.Network) -> [(number: Int, role: String, file: ModelFile)] {
        let prefix = "\(network.rawValue) lora "
        return files.compactMap { role, file in
            role.hasPrefix(prefix)
                ? Int(role.dropFirst(prefix.count)).map { (number: $0, role: role, file: file) } : nil
        }.sorted { $0.number < $1.number }
    }

    /// A network's weights without LoRAs.
    private func source(of network: LoRAFile.Network) throws -> any WeightSource {
        let parts = parts
        return switch network {
        case .unet: stored(try parts.unetWeights(parts.unetConfig()), keeping: UNet2DConditionModel.sensitiveLayers)
        case .textEncoder: try parts.firstEncoderWeights()
        case .textEncoder2: try parts.secondEncoderWeights()
        }
    }

    /// The same, kept in memory for all models that differ in LoRAs alone.
    private func weights(_ network: LoRAFile.Network, _ context: RunContext) throws -> SharedWeights {
        let roles = files.keys.filter {
            $0.hasPrefix(network == .unet ? "unet" : "text_encoder") && !$0.contains(" lora ")
        }
        let purpose = "\(network.rawValue) weights \(network == .unet ? storage : "")"
        return try resident(roles.sorted(), for: purpose, context) { reserve in
            let source = try source(of: network)
            reserve(Weights(source).bytesInMemory)
            return SharedWeights(source)
        }
    }

    /// Makes or finds a network of shared weights. Those count as used after it, so that it is let go of before them: else
    /// it would hold what counts as free.
    func withWeights<Network>(
        _ networks: [LoRAFile.Network],
        _ context: RunContext,
        _ network: () throws -> Network
    ) throws -> Network {
        let network = try network()
        for used in networks { _ = try weights(used, context) }
        return network
    }

    /// A network's shared weights with the LoRAs that change it.
    ///
    /// - Parameter reserve: gets what they take beside the shared ones, a page at least: what takes nothing is never let go of
    func merged(
        _ network: LoRAFile.Network,
        _ context: RunContext,
        _ reserve: (Int) -> Void
    ) throws -> any WeightSource {
        let shared = try weights(network, context)
        let source = try merged(network, into: shared)
        reserve(max(4096, Weights(source).bytesInMemory - Weights(shared).bytesInMemory))
        return source
    }

    /// A network's weights with the LoRAs that change it, in the recipe's order.
    private func merged(_ network: LoRAFile.Network, into base: any WeightSource) throws -> any WeightSource {
        let loras = try files(of: loras(of: network), OpenFiles())
        guard !loras.isEmpty else { return base }
        for (file, _) in loras { try file.requireFinite(network) }
        return try LoRAWeights(base, network: network, loras: loras)
    }

    /// Whether the LoRAs of a network fit it, by headers alone.
    func checkLoRAs(of network: LoRAFile.Network, _ open: OpenFiles, _ base: () throws -> any WeightSource) throws {
        let loras = try files(of: loras(of: network), open)
        if !loras.isEmpty { _ = try LoRAWeights(base(), network: network, loras: loras) }
    }

    private func files(
        of loras: [(number: Int, role: String, file: ModelFile)],
        _ open: OpenFiles
    ) throws -> [(file: LoRAFile, scale: LoRAScale)] {
        try loras.map { _, role, file in
            (try open.lora(file.path, settings: files["\(role) settings"]?.path), file.scale ?? 1)
        }
    }
}
