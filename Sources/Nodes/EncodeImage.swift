import Graph
import Models
import Tensors

/// diffusers: StableDiffusionXLImg2ImgPipeline.prepare_latents, with the distribution's mode
struct EncodeImage: Node {
    static let version = 2
    static let help = "Turns a picture into a latent with the model's VAE (the most likely one; nothing is drawn)."
    static let precision = PrecisionUse.always

    @Input("a picture whose sides the VAE's factor of 8 divides") var image: ImageArtifact
    @Input("whose VAE", part: "vae") var model: SDXLModel
    @Parameter(
        "encode in tiles of so many pixels on each side, a multiple of 32, such as 512: less memory, a slightly other latent",
        in: VAETiles.range
    )
    var tile: Int? = nil

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let pixels = WorkingMemory.pixels(of: inputBytes["image"])
        return 64 << 20 + WorkingMemory.vae(pixels: pixels, tile: parameters["tile"])
    }

    func problems() -> [ParameterProblem] { VAETiles.problems(tile) }

    func run(_ context: RunContext) throws -> LatentArtifact {
        let vae = try model.vae(context)
        let (W, H) = image.size
        let factor = vae.config.downscale
        guard H % factor == 0, W % factor == 0 else {
            throw NodeError.unevenPicture(width: W, height: H, factor: factor)
        }
        let tiling = try VAETiles.tiling(tile, of: vae)
        let distribution = try model.computing {
            guard let tiling else { return vae.encode(image.image) }
            return try vae.encode(image.image, tiling: tiling, beforeTile: VAETiles.report(to: context))
        }
        return LatentArtifact(vae.config.scaled(distribution.mode), downscale: factor)
    }
}
