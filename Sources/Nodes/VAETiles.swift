import Graph
import Models

/// The setting `tile` of the nodes that use a VAE.
enum VAETiles {
    /// In pixels.
    static let range = 32.0...4096.0
    /// A quarter of a tile is a whole number of latent positions, each of 8 pixels.
    private static let unit = 32

    static func problems(_ tile: Int?) -> [ParameterProblem] {
        guard let tile, tile % unit != 0 else { return [] }
        return [
            ParameterProblem(
                "tile",
                "tile is \(tile), which is not a multiple of \(unit)",
                hint: "use \(tile / unit * unit) or \(tile / unit * unit + unit)"
            )
        ]
    }

    /// - Throws: `ModelConfigError` where the VAE reduces pictures by another factor than SDXL's
    static func tiling(_ tile: Int?, of vae: AutoencoderKL) throws -> AutoencoderKL.Tiling? {
        try tile.map { try .init(pixels: $0, downscale: vae.config.downscale) }
    }

    static func report(to context: RunContext) -> (Int, Int) throws -> Void {
        { done, total in
            try context.checkCancellation()
            context.progress(done, total)
        }
    }
}
