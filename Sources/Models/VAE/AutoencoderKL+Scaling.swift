import Tensors

/// Between the autoencoder's own latents and those that a UNet sees.
///
/// diffusers: pipeline_stable_diffusion_xl.py::__call__ (`has_latents_mean`) and pipeline_stable_diffusion_xl_img2img.py
extension AutoencoderKL.Config {
    /// The autoencoder's latents as the UNet sees them, (B, C, h, w).
    public func scaled(_ latents: Tensor) -> Tensor {
        guard !latentsMean.isEmpty else { return latents * scalingFactor }
        let rows = latents.channelsLast().addingRow(row(latentsMean.map { -$0 }))
        return rows.multipliedByRow(row(latentsDeviation.map { scalingFactor / $0 })).channelsFirst()
    }

    /// Back: (B, C, h, w).
    public func unscaled(_ latents: Tensor) -> Tensor {
        guard !latentsMean.isEmpty else { return latents / scalingFactor }
        let rows = latents.channelsLast().multipliedByRow(row(latentsDeviation.map { $0 / scalingFactor }))
        return rows.addingRow(row(latentsMean)).channelsFirst()
    }

    private func row(_ values: [Float]) -> Tensor { Tensor(values, shape: [values.count]) }
}
