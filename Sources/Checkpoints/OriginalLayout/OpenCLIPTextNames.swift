/// transformers' names for the tensors of OpenCLIP's text encoder, below `conditioner.embedders.1.model.`.
///
/// mlfoundations/open_clip: model.py::CLIP, transformer.py::Transformer. Query, key and value share one matrix, and the
/// projection is stored as it multiplies from the right.
public enum OpenCLIPTextNames {
    /// - Parameter name: without the prefix
    /// - Returns: the name itself if it is no part of such an encoder; none for what only training needs
    public static func targets(_ name: String) -> [RenamedWeights.Target] {
        switch name {
        case "logit_scale", "attn_mask": return []
        case "positional_embedding": return [.init("text_model.embeddings.position_embedding.weight")]
        case "token_embedding.weight": return [.init("text_model.embeddings.\(name)")]
        case "ln_final.weight", "ln_final.bias":
            return [.init("text_model.final_layer_norm.\(name.dropFirst("ln_final.".count))")]
        case "text_projection": return [.init("text_projection.weight", .transposed)]
        default: return layer(name) ?? [.init(name)]
        }
    }

    private static func layer(_ name: String) -> [RenamedWeights.Target]? {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count >= 5, path[0] == "transformer", path[1] == "resblocks" else { return nil }
        let block = "text_model.encoder.layers.\(path[2])"
        let parameter = path[path.count - 1]
        switch path[3...].dropLast().joined(separator: ".") {
        case "ln_1": return [.init("\(block).layer_norm1.\(parameter)")]
        case "ln_2": return [.init("\(block).layer_norm2.\(parameter)")]
        case "mlp.c_fc": return [.init("\(block).mlp.fc1.\(parameter)")]
        case "mlp.c_proj": return [.init("\(block).mlp.fc2.\(parameter)")]
        case "attn.out_proj": return [.init("\(block).self_attn.out_proj.\(parameter)")]
        case "attn":
            let prefix = "in_proj_"
            guard parameter.hasPrefix(prefix) else { return nil }
            return ["q", "k", "v"].enumerated().map { index, letter in
                .init("\(block).self_attn.\(letter)_proj.\(parameter.dropFirst(prefix.count))", .part(index, of: 3))
            }
        default: return nil
        }
    }
}
