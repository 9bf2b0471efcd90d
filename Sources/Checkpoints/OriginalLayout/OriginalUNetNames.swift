/// diffusers' names for the tensors of a UNet in the layout of its authors, below `model.diffusion_model.`.
///
/// Stability-AI/generative-models: sgm/modules/diffusionmodules/openaimodel.py::UNetModel numbers its blocks through:
/// `input_blocks` are the first convolution, and for each level its layers and a downsampler; `output_blocks` are, for
/// each level, one layer more, the last with the upsampler.
public struct OriginalUNetNames: Sendable {
    public let layersPerBlock: Int

    public init(layersPerBlock: Int) { self.layersPerBlock = layersPerBlock }

    /// - Parameter name: without the prefix
    /// - Returns: one target; the name itself if it is no part of such a UNet
    public func targets(_ name: String) -> [RenamedWeights.Target] { [.init(renamed(name) ?? name)] }

    private func renamed(_ name: String) -> String? {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count >= 3 else { return nil }
        func rest(_ count: Int) -> String { path.dropFirst(count).joined(separator: ".") }
        switch (path[0], path[1]) {
        case ("time_embed", "0"): return "time_embedding.linear_1.\(rest(2))"
        case ("time_embed", "2"): return "time_embedding.linear_2.\(rest(2))"
        case ("label_emb", "0") where path[2] == "0": return "add_embedding.linear_1.\(rest(3))"
        case ("label_emb", "0") where path[2] == "2": return "add_embedding.linear_2.\(rest(3))"
        case ("out", "0"): return "conv_norm_out.\(rest(2))"
        case ("out", "2"): return "conv_out.\(rest(2))"
        case ("input_blocks", "0") where path[2] == "0": return "conv_in.\(rest(3))"
        case ("middle_block", "0"): return Self.resnet(rest(2)).map { "mid_block.resnets.0.\($0)" }
        case ("middle_block", "1"): return "mid_block.attentions.0.\(rest(2))"
        case ("middle_block", "2"): return Self.resnet(rest(2)).map { "mid_block.resnets.1.\($0)" }
        case ("input_blocks", let number):
            guard let number = Int(number), number > 0 else { return nil }
            let (level, layer) = (number - 1).quotientAndRemainder(dividingBy: layersPerBlock + 1)
            let block = "down_blocks.\(level)"
            if layer == layersPerBlock {
                return path[2] == "0" && path.count > 3 && path[3] == "op"
                    ? "\(block).downsamplers.0.conv.\(rest(4))" : nil
            }
            return part(path[2], rest(3), block: block, layer: layer)
        case ("output_blocks", let number):
            guard let number = Int(number), number >= 0, path.count > 3 else { return nil }
            let (level, layer) = number.quotientAndRemainder(dividingBy: layersPerBlock + 1)
            // The upsampler follows the attention, if there is one.
            if path[3] == "conv" { return "up_blocks.\(level).upsamplers.0.\(rest(3))" }
            return part(path[2], rest(3), block: "up_blocks.\(level)", layer: layer)
        default: return nil
        }
    }

    private func part(_ index: String, _ rest: String, block: String, layer: Int) -> String? {
        switch index {
        case "0": Self.resnet(rest).map { "\(block).resnets.\(layer).\($0)" }
        case "1": "\(block).attentions.\(layer).\(rest)"
        default: nil
        }
    }

    private static func resnet(_ name: String) -> String? {
        for (original, renamed) in [
            ("in_layers.0.", "norm1."), ("in_layers.2.", "conv1."), ("emb_layers.1.", "time_emb_proj."),
            ("out_layers.0.", "norm2."), ("out_layers.3.", "conv2."), ("skip_connection.", "conv_shortcut."),
        ] where name.hasPrefix(original) { return renamed + name.dropFirst(original.count) }
        return nil
    }
}
