import Checkpoints
import Graph
import ModelFiles

/// PuLID: pulid/pipeline.py::load_pretrain and the vision tower
struct LoadPuLID: Node {
    static let name = "load_pulid"
    static let version = 1
    static let help = "Names PuLID's weights and the EVA-CLIP tower they were trained with."
    static let evaluation = Evaluation.reference

    @Parameter(
        "PuLID's weights: pulid_v1.bin, or .safetensors with id_adapter.* and id_adapter_attn_layers.*; or a folder with pulid_v1.bin or pulid_v1.1.safetensors somewhere in it"
    )
    var weights: ModelPath
    @Parameter(
        "EVA02-CLIP's weights: EVA02_CLIP_L_336_psz14_s6B.pt, or .safetensors with visual.*; or a folder with the former somewhere in it"
    )
    var evaClip: ModelPath
    @Parameter(ModelPrecision.help) var precision: ModelPrecision = .f32

    func problems() -> [ParameterProblem] {
        let unclear = ModelPath.problems([("weights", weights), ("eva_clip", evaClip)])
        guard unclear.isEmpty else { return unclear }
        let named = [("weights", weights, OfficialFile.pulid), ("eva_clip", evaClip, .evaCLIP)]
        let missing = named.filter { _, path, file in path.located(file) == nil }
        // Those of one folder are reported together.
        return Set(missing.map(\.1)).sorted { $0.path < $1.path }.compactMap { folder in
            let files = missing.filter { $0.1 == folder }
            return DownloadFolder(folder.path).problem(files[0].0, missing: files.map(\.2))
        }
    }

    func run(_ context: RunContext) throws -> PuLIDModel {
        let weights = try ModelFile(weights.required(.pulid), context)
        let evaClip = try ModelFile(evaClip.required(.evaCLIP), context)
        try PuLIDParts(weights: weights.path, tower: evaClip.path).check()
        return PuLIDModel(files: ["weights": weights, "eva_clip": evaClip], precision: precision.chosen?.unlessInt8)
    }
}
