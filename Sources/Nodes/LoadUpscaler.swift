import Graph
import ModelFiles

struct LoadUpscaler: Node {
    static let version = 1
    static let help = "Names a network that enlarges pictures, for upscale."
    static let evaluation = Evaluation.reference

    @Parameter(
        "an RRDBNet, as ESRGAN and Real-ESRGAN are (RealESRGAN_x4plus.pth, 4x-UltraSharp.pth), .pth or .safetensors, in any of its three layouts"
    )
    var file: FileReference
    @Parameter(ModelPrecision.help) var precision: ModelPrecision = .f32

    func run(_ context: RunContext) throws -> Upscaler {
        let file = try ModelFile(file.path, context)
        let config = try UpscalerFile.check(file.path)
        return Upscaler(files: ["file": file], precision: precision.chosen?.unlessInt8, config: config)
    }
}
