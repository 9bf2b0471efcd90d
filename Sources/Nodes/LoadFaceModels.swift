import Graph
import ModelFiles

/// Where the networks that look at faces come from: by the names under which insightface and facexlib publish them, or
/// by ours.
struct LoadFaceModels: Node {
    static let version = 1
    static let help = "Names the networks that look at faces: detector, recogniser, aligner and parser."
    static let evaluation = Evaluation.reference

    @Parameter(
        "the folder with scrfd_10g_bnkps.onnx, glintr100.onnx, detection_Resnet50_Final.pth and parsing_bisenet.pth somewhere in it, or at its top with detector.onnx, recognizer.safetensors, aligner.safetensors and parser.safetensors; the first is needed for crop: detect alone, and without the third the first aligns faces too"
    )
    var folder: ModelPath
    @Parameter("another detector: insightface's SCRFD with key points, .onnx") var detector: FileReference? = nil
    @Parameter("another recogniser: insightface's IResNet, .onnx or PyTorch's tensors") var recognizer: FileReference? =
        nil
    @Parameter("another detector for alignment: facexlib's RetinaFace with ResNet-50") var aligner: FileReference? = nil
    @Parameter("another parser: BiSeNet with 19 labels") var parser: FileReference? = nil
    @Parameter("whether both detectors must be there, as PuLID's own way to find faces needs them") var detectors:
        DetectorNeed =
            .optional
    @Parameter(ModelPrecision.help) var precision: ModelPrecision = .f32

    func problems() -> [ParameterProblem] {
        let unclear = ModelPath.problems([("folder", folder)])
        guard unclear.isEmpty else { return unclear }
        let files = DownloadFolder(folder.path)
        let missing = roles.filter { role, override in
            override == nil && (!role.isOptional || detectors == .required) && files.find(role.file) == nil
        }
        return files.problem("folder", missing: missing.map(\.0.file)).map { [$0] } ?? []
    }

    func run(_ context: RunContext) throws -> FaceModels {
        let folder = DownloadFolder(folder.path)
        var files: [String: ModelFile] = [:]
        for (role, override) in roles {
            if let path = override?.path ?? folder.find(role.file) {
                let file = try ModelFile(path, context)
                try role.check(file.path)
                files[role.rawValue] = file
            } else if !role.isOptional || detectors == .required {
                throw FaceError.noModel(folder: folder.path, names: role.names, purpose: role.file.purpose)
            }
        }
        return FaceModels(files: files, precision: precision.chosen?.unlessInt8)
    }

    private var roles: [(FaceModelRole, override: FileReference?)] {
        [(.detector, detector), (.recognizer, recognizer), (.aligner, aligner), (.parser, parser)]
    }
}

/// Whether face models are of use without detectors.
enum DetectorNeed: String, ParameterChoice {
    case optional, required
}
