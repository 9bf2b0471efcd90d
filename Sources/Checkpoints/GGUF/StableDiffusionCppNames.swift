/// The names that SDXL has in its authors' one file, for the names that stable-diffusion.cpp gives its tensors where it was
/// told to convert names, as all its versions of 2024 did: text encoders as transformers has them.
///
/// leejet/stable-diffusion.cpp: src/name_conversion.cpp
enum StableDiffusionCppNames {
    private static let firstEncoder = "cond_stage_model.transformer."
    private static let secondEncoder = "cond_stage_model.1.transformer.text_model."
    private static let autoencoder = "vae."

    /// Whether such names are among those of a file.
    static func areAmong(_ names: some Sequence<String>) -> Bool {
        names.contains { $0.hasPrefix(secondEncoder) || $0.hasPrefix("\(autoencoder)decoder.") }
    }

    static func original(_ name: String) -> String {
        if name.hasPrefix(firstEncoder) {
            return "conditioner.embedders.0.transformer." + name.dropFirst(firstEncoder.count)
        }
        if name.hasPrefix(autoencoder) { return "first_stage_model." + name.dropFirst(autoencoder.count) }
        guard name.hasPrefix(secondEncoder) else { return name }
        let inner = String(name.dropFirst(secondEncoder.count))
        return "conditioner.embedders.1.model."
            + (ends[inner] ?? layer(inner) ?? "text_model.\(inner)")
    }

    private static let ends = [
        "final_layer_norm.bias": "ln_final.bias", "final_layer_norm.weight": "ln_final.weight",
        "embeddings.position_embedding.weight": "positional_embedding",
        "embeddings.token_embedding.weight": "token_embedding.weight", "text_projection": "text_projection",
    ]

    private static let parts = [
        "self_attn.in_proj.": "attn.in_proj_", "self_attn.out_proj.": "attn.out_proj.", "layer_norm1.": "ln_1.",
        "layer_norm2.": "ln_2.", "mlp.fc1.": "mlp.c_fc.", "mlp.fc2.": "mlp.c_proj.",
    ]

    /// Nil for what stays as it is: query, key and value where they are matrices of their own.
    private static func layer(_ name: String) -> String? {
        let prefix = "encoder.layers."
        guard name.hasPrefix(prefix) else { return nil }
        let path = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
        guard path.count == 2, let part = parts.first(where: { path[1].hasPrefix($0.key) }) else { return nil }
        return "transformer.resblocks.\(path[0]).\(part.value)\(path[1].dropFirst(part.key.count))"
    }
}
