import Checkpoints
import Tensors

/// EVA02-CLIP's weights under the names of its authors' file, also where they come in those of timm or open_clip.
///
/// timm 1.0.31: timm/models/eva.py; open_clip 3.3.0 has the same below `visual.trunk.`
package struct EVACLIPFile {
    package let weights: any WeightSource
    package let metadata: [String: String]

    /// - Throws: `CheckpointError`
    package init(_ path: String) throws { try self.init(WeightFile.open(path)) }

    /// Of weights that are open.
    init(_ source: any CheckpointSource) throws {
        metadata = source.metadata
        guard let prefix = Self.prefix(source) else {
            weights = source
            return
        }
        weights = try RenamedWeights(source, prefix: prefix) { name in [.init("visual." + Self.renamed(name))] }
    }

    /// What timm's names begin with; nil for those of the authors.
    static func prefix(_ source: any WeightSource) -> String? {
        ["visual.trunk.", ""].first { source.shape(of: $0 + "blocks.0.mlp.fc1_g.weight") != nil }
    }

    private static let names = [
        (".attn.q_proj.bias", ".attn.q_bias"), (".attn.v_proj.bias", ".attn.v_bias"),
        (".attn.norm.", ".attn.inner_attn_ln."), (".mlp.fc1_g.", ".mlp.w1."), (".mlp.fc1_x.", ".mlp.w2."),
        (".mlp.norm.", ".mlp.ffn_ln."), (".mlp.fc2.", ".mlp.w3."),
    ]

    private static func renamed(_ name: String) -> String {
        names.reduce(name) { $0.replacing($1.0, with: $1.1) }
    }
}
