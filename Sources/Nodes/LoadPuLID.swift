import Checkpoints
import Graph

/// PuLID: pulid/pipeline.py::load_pretrain and the vision tower
struct LoadPuLID: Node {
    static let name = "load_pulid"
    static let version = 1
    static let help = "Names PuLID's weights and the EVA-CLIP tower they were trained with."
    static let evaluation = Evaluation.reference

    @Parameter("PuLID's weights: pulid_v1.bin, or .safetensors with id_adapter.* and id_adapter_attn_layers.*")
    var weights: FileReference
    @Parameter("EVA02-CLIP's weights: EVA02_CLIP_L_336_psz14_s6B.pt, or .safetensors with visual.*") var evaClip:
        FileReference

    func run(_ context: RunContext) throws -> PuLIDModel {
        try WeightFile.require(weights.path, expected: "PuLID for SDXL (pulid_v1.bin, pulid_v1.1.safetensors)") {
            kind in
            if case .pulid = kind { true } else { false }
        }
        try WeightFile.require(evaClip.path, expected: "EVA02-CLIP (EVA02_CLIP_L_336_psz14_s6B.pt)") { $0 == .evaCLIP }
        return PuLIDModel(files: [
            "weights": try ModelFile(weights.path, context), "eva_clip": try ModelFile(evaClip.path, context),
        ])
    }
}
