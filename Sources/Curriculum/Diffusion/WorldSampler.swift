import Diffusion
import Imaging
import Kernels
import Models
import Synchronization
import Tensors
import World

/// Draws pictures of prompts, to look at a model in training or to measure it.
public struct WorldSampler: Sendable {
    public let networks: SDXLNetworks
    public let vae: AutoencoderKL
    public let noise: NoiseSchedule
    /// Of the square pictures, in pixels.
    public let size: Int

    public init(_ networks: SDXLNetworks, vae: AutoencoderKL, noise: NoiseSchedule, size: Int = 64) {
        self.networks = networks
        self.vae = vae
        self.noise = noise
        self.size = size
    }

    /// One picture for each prompt.
    ///
    /// - Parameters:
    ///   - seed: prompt number i begins with the noise of `seed` + i, as PyTorch's generator gives it
    ///   - guidance: away from a missing prompt; 1 is without
    /// - Throws: `NoiseScheduleError` when the steps cannot be made
    public func callAsFunction(
        _ prompts: [String],
        seed: UInt64,
        sampler: Sampler = .dpmpp2M,
        steps: Int,
        guidance: Float
    ) throws -> [Bitmap] {
        let timeline = try sampler.schedule(steps: steps, spacing: .trailing, of: noise)
        let pictures = Mutex<[Int: Result<Bitmap, any Error>]>([:])
        Parallel.forEach(prompts.count) { i in
            let picture = Result { try draw(prompts[i], seed: seed &+ UInt64(i), sampler, timeline, guidance) }
            pictures.withLock { $0[i] = picture }
        }
        return try pictures.withLock { drawn in try prompts.indices.compactMap { try drawn[$0]?.get() } }
    }

    private func draw(
        _ prompt: String,
        seed: UInt64,
        _ sampler: Sampler,
        _ timeline: SamplingSchedule,
        _ guidance: Float
    ) throws -> Bitmap {
        var random = TorchRandomSource(seed: seed)
        let side = size / vae.config.downscale
        let (embeds, pooled) = networks.prompts.encode([prompt])
        let condition = SDXLNetworks.Condition(embeds: embeds, pooled: pooled)
        let sizes = [MicroConditioning(size: size).timeIDs.map { Float($0) }]
        let start = random.normal([1, vae.config.latentChannels, side, side]).channelsLast()
        let latent = try sampler(timeline.start(noise: start), timeline, random: &random) { x, step in
            noise.output.denoised(x, sigma: step.sigma) { input in
                guidance == 1
                    ? networks.unet(input, timesteps: [step.timestep], condition, sizes: sizes)
                    : networks.guidedNoise(input, timestep: step.timestep, condition, sizes: sizes, scale: guidance)
            }
        }
        return Bitmap(signed: vae.pictures(of: latent))
    }
}

extension Bitmap {
    /// A picture (1, 3, H, W) in -1...1; what lies outside is clamped.
    public init(signed picture: Tensor) {
        let (_, H, W, _) = picture.channelsLast().shape4
        let bytes = picture.channelsLast().values.map { UInt8(((min(max($0, -1), 1) + 1) * 127.5).rounded()) }
        self.init(width: W, height: H, pixels: bytes)
    }
}
