import Checkpoints
import Tensors

/// PuLID's weights under the names of its authors' files, also where they come in those of the ComfyUI nodes'.
///
/// cubiq/PuLID_ComfyUI: pulid.py::PulidModelLoader: `image_proj` is the encoder, `ip_adapter` the identity attention, whose
/// layers count alike.
package enum PuLIDFile {
    /// - Throws: `CheckpointError`
    package static func open(_ path: String) throws -> any WeightSource {
        let source = try WeightFile.open(path)
        guard source.tensorNames.contains(where: { $0.hasPrefix(encoder) }) else { return source }
        return try RenamedWeights(source, prefix: "") { [.init(renamed($0) ?? $0)] }
    }

    private static let encoder = "image_proj."
    private static let attention = "ip_adapter."

    private static func renamed(_ name: String) -> String? {
        if name.hasPrefix(encoder) { return "id_adapter." + name.dropFirst(encoder.count) }
        let parts = name.split(separator: ".")
        guard name.hasPrefix(attention), parts.count == 4, parts[3] == "weight" else { return nil }
        let kinds = ["to_k_ip": "id_to_k", "to_v_ip": "id_to_v"]
        return kinds[String(parts[2])].map { "id_adapter_attn_layers.\(parts[1]).\($0).weight" }
    }
}
