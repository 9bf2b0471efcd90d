import Elementary
import Tensors

/// Sinusoids of timesteps (or of sizes, in SDXL's micro-conditioning).
///
/// diffusers: models/embeddings.py::get_timestep_embedding
///
/// - Parameter timesteps: (n)
/// - Returns: (n, channels), cosines first if `flipSinToCos`
func timestepEmbedding(_ timesteps: [Float], channels: Int, flipSinToCos: Bool, freqShift: Float) -> Tensor {
    let half = channels / 2
    // In 32-bit floats throughout, as the reference: phases reach a thousand radians.
    let frequencies = (0..<half).map { i in
        Float.exp(-Float.log(10000) * Float(i) / (Float(half) - freqShift))
    }
    let rows = timesteps.flatMap { t in
        let sines = frequencies.map { Float.sin(t * $0) }
        let cosines = frequencies.map { Float.cos(t * $0) }
        return flipSinToCos ? cosines + sines : sines + cosines
    }
    return Tensor(rows, shape: [timesteps.count, channels])
}

/// Sinusoids of the guidance, sines first; an odd last number is 0.
///
/// diffusers: StableDiffusionXLPipeline.get_guidance_scale_embedding, which is given the scale less one
///
/// - Parameter guidance: (n); 1 is none
/// - Returns: (n, channels)
func guidanceEmbedding(_ guidance: [Float], channels: Int) -> Tensor {
    let half = channels / 2
    // In 32-bit floats throughout, as the reference.
    let slope = Float.log(10000) / Float(half - 1)
    let frequencies = (0..<half).map { Float.exp(Float($0) * -slope) }
    let rows = guidance.flatMap { scale in
        let angles = frequencies.map { (scale - 1) * 1000 * $0 }
        return angles.map(Float.sin) + angles.map(Float.cos) + Array(repeating: 0, count: channels % 2)
    }
    return Tensor(rows, shape: [guidance.count, channels])
}

/// Two linear layers with SiLU between.
///
/// diffusers: models/embeddings.py::TimestepEmbedding
struct TimestepEmbedding: Sendable {
    let linear1: Linear
    let linear2: Linear

    init(_ w: Weights, from cIn: Int, to cOut: Int) throws {
        linear1 = try Linear(w / "linear_1", from: cIn, to: cOut)
        linear2 = try Linear(w / "linear_2", from: cOut, to: cOut)
    }

    /// (B, in) -> (B, out)
    func callAsFunction(_ x: Tensor) -> Tensor { linear2(linear1(x).silu()) }
}
