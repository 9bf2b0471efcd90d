import Graph
import Models
import Tensors

/// diffusers: StableDiffusionXLImg2ImgPipeline.prepare_latents, with the distribution's mode
struct EncodeImage: Node {
    static let version = 2
    static let help = "Turns a picture into a latent with the model's VAE (the most likely one; nothing is drawn)."
    static let precision = PrecisionUse.always

    @Input("a picture whose sides the VAE's factor of 8 divides; resize makes any picture one, with multiple: 8")
    var image: ImageArtifact
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

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard let size = known.size("image") else { return nil }
        if let factor = (known.reference("model") as? SDXLModel)?.downscale { try check(size, factor: factor) }
        return size
    }

    private static func check(_ size: PictureSize, factor: Int) throws(ParameterProblem) {
        guard size.width % factor != 0 || size.height % factor != 0 else { return }
        throw ParameterProblem(
            "image",
            "the picture is \(size); both sides must be multiples of \(factor)",
            hint: "give it through a node `{uses: resize, image: ..., multiple: \(factor)}`"
        )
    }

    func run(_ context: RunContext) throws -> LatentArtifact {
        let vae = try model.vae(context)
        let (W, H) = image.size
        let factor = vae.config.downscale
        try Self.check(PictureSize(width: W, height: H), factor: factor)
        let tiling = try VAETiles.tiling(tile, of: vae)
        let distribution = try model.computing(inInt8: true) {
            guard let tiling else { return vae.encode(image.image) }
            return try vae.encode(image.image, tiling: tiling, beforeTile: VAETiles.report(to: context))
        }
        return LatentArtifact(vae.config.scaled(distribution.mode), downscale: factor)
    }
}
