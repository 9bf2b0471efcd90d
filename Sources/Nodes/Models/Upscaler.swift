import Graph
import Kernels
import ModelFiles
import Models
import Tensors

/// A network that enlarges pictures, by its file.
public struct Upscaler: ModelReference {
    public static let kind = "upscaler"
    public static let loader: String? = "load_upscaler"

    let files: [String: ModelFile]
    let precision: ComputeSettings.Precision?
    let config: RRDBNet.Config

    func network(_ context: RunContext) throws -> RRDBNet {
        try resident(["file"], context) { reserve in
            let source = try UpscalerFile.open(path("file"))
            reserve(Weights(source).bytesInMemory)
            return try UpscalerFile.network(source)
        }
    }
}
