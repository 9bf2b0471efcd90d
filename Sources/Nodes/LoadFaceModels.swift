import Checkpoints
import Foundation
import Graph

/// Where the networks that look at faces come from: by the names under which insightface and facexlib publish them, or
/// by ours.
struct LoadFaceModels: Node {
    static let version = 1
    static let help = "Names the networks that look at faces: detector, recogniser, aligner and parser."
    static let evaluation = Evaluation.reference

    @Parameter(
        "the folder with scrfd_10g_bnkps.onnx, glintr100.onnx (or recognizer.safetensors), detection_Resnet50_Final.pth (or aligner.safetensors) and parsing_bisenet.pth (or parser.safetensors); the detectors, first and third, only for crop: detect"
    )
    var folder: PathReference
    @Parameter("another detector: insightface's SCRFD with key points, .onnx") var detector: FileReference? = nil
    @Parameter("another recogniser: insightface's IResNet, .onnx or PyTorch's tensors") var recognizer: FileReference? =
        nil
    @Parameter("another detector for alignment: facexlib's RetinaFace with ResNet-50") var aligner: FileReference? = nil
    @Parameter("another parser: BiSeNet with 19 labels") var parser: FileReference? = nil

    func run(_ context: RunContext) throws -> FaceModels {
        var files: [String: ModelFile] = [:]
        for (role, override) in [
            (FaceModels.Role.detector, detector), (.recognizer, recognizer), (.aligner, aligner), (.parser, parser),
        ] {
            let paths = override.map { [$0.path] } ?? role.names.map { "\(folder.path)/\($0)" }
            if let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) {
                try role.check(path)
                files[role.rawValue] = try ModelFile(path, context)
            } else if let override {
                throw NodeError.missingFile(path: override.path, purpose: role.purpose)
            } else if !role.isOptional {
                throw FaceError.noModel(folder: folder.path, names: role.names, purpose: role.purpose)
            }
        }
        return FaceModels(files: files)
    }
}
