/// diffusers' names for the tensors of an autoencoder in the layout of its authors, below `first_stage_model.`.
///
/// Stability-AI/generative-models: sgm/modules/diffusionmodules/model.py::Encoder, Decoder. The decoder's levels are
/// numbered from the full resolution down, diffusers' from the lowest up; the attention's matrices are 1x1 convolutions.
public struct OriginalVAENames: Sendable {
    /// Resolutions, four in SDXL.
    public let levels: Int

    public init(levels: Int) { self.levels = levels }

    /// - Parameter name: without the prefix
    /// - Returns: one target, the name itself if it is no part of such an autoencoder; none for what only training needs
    public func targets(_ name: String) -> [RenamedWeights.Target] {
        if name.hasPrefix("loss.") || name == "model_ema.decay" || name == "model_ema.num_updates" { return [] }
        return [renamed(name) ?? .init(name)]
    }

    private func renamed(_ name: String) -> RenamedWeights.Target? {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count >= 3, path[0] == "encoder" || path[0] == "decoder" else { return nil }
        func rest(_ count: Int) -> String { path.dropFirst(count).joined(separator: ".") }
        let side = path[0]
        switch path[1] {
        case "norm_out": return .init("\(side).conv_norm_out.\(rest(2))")
        case "mid" where path.count == 5 && path[2] == "attn_1": return Self.attention(side, path[3], path[4])
        case "mid" where path[2] == "block_1": return .init("\(side).mid_block.resnets.0.\(Self.resnet(rest(3)))")
        case "mid" where path[2] == "block_2": return .init("\(side).mid_block.resnets.1.\(Self.resnet(rest(3)))")
        case "down", "up":
            guard path.count >= 5, let number = Int(path[2]), (0..<levels).contains(number) else { return nil }
            let block = path[1] == "down" ? "\(side).down_blocks.\(number)" : "\(side).up_blocks.\(levels - 1 - number)"
            switch path[3] {
            case "block": return .init("\(block).resnets.\(path[4]).\(Self.resnet(rest(5)))")
            case "downsample": return .init("\(block).downsamplers.0.\(rest(4))")
            case "upsample": return .init("\(block).upsamplers.0.\(rest(4))")
            default: return nil
            }
        default: return nil
        }
    }

    private static func attention(_ side: String, _ part: String, _ parameter: String) -> RenamedWeights.Target? {
        let names = ["norm": "group_norm", "q": "to_q", "k": "to_k", "v": "to_v", "proj_out": "to_out.0"]
        return names[part].map { name in
            .init("\(side).mid_block.attentions.0.\(name).\(parameter)", parameter == "weight" ? .matrix : .same)
        }
    }

    private static func resnet(_ name: String) -> String {
        let original = "nin_shortcut."
        return name.hasPrefix(original) ? "conv_shortcut." + name.dropFirst(original.count) : name
    }
}
