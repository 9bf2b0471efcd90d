import Diffusion
import Tensors

/// A picture with noise, and what the denoiser is told of it.
package struct NoisedSample: Sendable {
    /// At unit variance; (1, h, w, C).
    package let noisy: Tensor
    /// What there is to predict; of the same shape.
    package let noise: Tensor
    package let timestep: Int
    /// nil for a missing prompt.
    package let tokens: CaptionedLatent.Tokens?
    /// Six numbers.
    package let sizes: [Float]

    /// - Parameters:
    ///   - latent: (1, h, w, C)
    ///   - noise: standard normal, of the same shape
    package init(
        _ latent: Tensor,
        noise: Tensor,
        at timestep: Int,
        of schedule: NoiseSchedule,
        tokens: CaptionedLatent.Tokens?,
        sizes: [Float]
    ) {
        let sigma = schedule.sigmas[timestep]
        noisy = (latent + noise * sigma) / (sigma * sigma + 1).squareRoot()
        (self.noise, self.timestep, self.tokens, self.sizes) = (noise, timestep, tokens, sizes)
    }
}

extension SDXLNetworks {
    /// How far the predicted noise is from the true one: the mean squared error, (1).
    ///
    /// Ho et al. 2020, equation 14
    package func noiseLoss(_ samples: [NoisedSample]) -> Tensor {
        // Those without a prompt last, as there is nothing to encode for them.
        let told = samples.filter { $0.tokens != nil }
        let samples = told + samples.filter { $0.tokens == nil }
        var prompts: [Condition] = []
        if !told.isEmpty { prompts.append(condition(told.compactMap(\.tokens))) }
        if told.count < samples.count { prompts.append(missingPrompt(samples.count - told.count)) }

        let prediction = unet(
            .concatenated(samples.map(\.noisy), axis: 0),
            timesteps: samples.map { Float($0.timestep) },
            .concatenated(prompts),
            sizes: samples.map(\.sizes)
        )
        let error = prediction - .concatenated(samples.map(\.noise), axis: 0)
        return (error * error).mean()
    }
}
