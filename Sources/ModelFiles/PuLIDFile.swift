import Checkpoints
import Tensors

/// PuLID's weights under the names of its authors' files, also where they come in those of the ComfyUI nodes'.
///
/// cubiq/PuLID_ComfyUI: pulid.py::PulidModelLoader: `image_proj` is the encoder, `ip_adapter` the identity attention, whose
/// layers count alike.
package enum PuLIDFile {
    /// - Throws: `CheckpointError`
    package static func open(_ path: String) throws -> any WeightSource { try renamed(WeightFile.open(path)) }

    /// - Throws: `CheckpointError`
    static func renamed(_ source: any CheckpointSource) throws -> any WeightSource {
        guard source.tensorNames.contains(where: { $0.hasPrefix(nodesEncoder) }) else { return source }
        return try RenamedWeights(source, prefix: "") { [.init(renamed($0) ?? $0)] }
    }

    /// The two modules whose tensors such a file holds.
    package static let encoder = "id_adapter"
    package static let attention = "id_adapter_attn_layers"

    private static let nodesEncoder = "image_proj."
    private static let nodesAttention = "ip_adapter."

    private static func renamed(_ name: String) -> String? {
        if name.hasPrefix(nodesEncoder) { return "\(encoder).\(name.dropFirst(nodesEncoder.count))" }
        let parts = name.split(separator: ".")
        guard name.hasPrefix(nodesAttention), parts.count == 4, parts[3] == "weight" else { return nil }
        let kinds = ["to_k_ip": "id_to_k", "to_v_ip": "id_to_v"]
        return kinds[String(parts[2])].map { "\(attention).\(parts[1]).\($0).weight" }
    }
}
