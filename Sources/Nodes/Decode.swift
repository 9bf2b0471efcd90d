import Graph
import Models
import Tensors

/// diffusers: StableDiffusionXLPipeline, after the denoising loop
struct Decode: Node {
    static let version = 1
    static let help = "Turns a latent into a picture with the model's VAE."
    static let precision = PrecisionUse.always

    @Input("whose VAE", part: "vae") var model: SDXLModel
    @Input("what to decode") var latent: LatentArtifact
    @Parameter(
        "decode in tiles of so many pixels on each side, a multiple of 32, such as 512: less memory, slightly other pixels",
        in: VAETiles.range
    )
    var tile: Int? = nil

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        // A latent has four numbers for 64 pixels.
        let pixels = 4 * inputBytes["latent", default: 0]
        return 64 << 20 + WorkingMemory.vae(pixels: pixels, tile: parameters["tile"])
    }

    func problems() -> [ParameterProblem] { VAETiles.problems(tile) }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? { known.size("latent") }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let vae = try model.vae(context)
        let channels = vae.config.latentChannels
        guard latent.latent.shape[1] == channels else {
            throw NodeError.sizesDiffer(
                what: "the latent",
                found: latent.latent.shape,
                expected: [1, channels] + latent.latent.shape.dropFirst(2),
                hint: "it was made by a model with another VAE"
            )
        }
        if let factor = latent.downscale, factor != vae.config.downscale {
            throw NodeError.otherFactor(latent: factor, vae: vae.config.downscale)
        }
        let unscaled = vae.config.unscaled(latent.latent)
        let tiling = try VAETiles.tiling(tile, of: vae)
        let picture = try model.computing(inInt8: true) {
            guard let tiling else { return vae.decode(unscaled) }
            return try vae.decode(unscaled, tiling: tiling, beforeTile: VAETiles.report(to: context))
        }
        return ImageArtifact(picture.clamped(to: -1...1))
    }
}
