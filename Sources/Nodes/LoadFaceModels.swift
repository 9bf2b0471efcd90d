import Foundation
import Graph

/// Where a face's recognition and parsing come from.
struct LoadFaceModels: Node {
    static let version = 1
    static let help = "Names the networks that look at faces: the recogniser and the parser."
    static let evaluation = Evaluation.reference

    @Parameter("the folder with recognizer.safetensors and parser.safetensors") var folder: PathReference
    @Parameter("another recogniser: insightface's IResNet") var recognizer: FileReference? = nil
    @Parameter("another parser: BiSeNet with 19 labels") var parser: FileReference? = nil

    func run(_ context: RunContext) throws -> FaceModels {
        func file(_ override: FileReference?, _ name: String, _ purpose: String) throws -> ModelFile {
            let path = override?.path ?? "\(folder.path)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else {
                throw NodeError.missingFile(path: path, purpose: purpose)
            }
            return try ModelFile(path, context)
        }
        return FaceModels(files: [
            "recognizer": try file(recognizer, "recognizer.safetensors", "the network that tells people apart"),
            "parser": try file(parser, "parser.safetensors", "the network that finds eyes, skin, hair"),
        ])
    }
}
