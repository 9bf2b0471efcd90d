import Elementary
import Tensors

extension Sampling {
    /// DPM-Solver++(SDE): second order with a call half-way, and fresh noise in both halves; the last step is Euler's.
    ///
    /// k-diffusion: sampling.py::sample_dpmpp_sde with eta 1, s_noise 1, r 1/2, as PuLID v1.1 runs it.
    mutating func dpmppSDE(_ step: Step) throws -> Landing {
        let path = brownianPath()
        let image = try denoise(x, step).image
        guard step.next > 0 else { return (image, image) }
        func advanced(toward target: Tensor, by half: LogSigmaStep) -> Tensor {
            let fresh = path.increment(from: half.start, to: half.end, shape: x.shape)
            let noise = fresh * (-half.up / (half.start - half.end).squareRoot())
            return x * half.ratio + target * half.weight + noise
        }
        let whole = LogSigmaStep(from: step.sigma, to: step.next)
        let between = try denoise(advanced(toward: image, by: whole.firstHalf), schedule.between[step.index])
        // The two estimates count (1 - 1 / (2 r)) and 1 / (2 r): with r = 1/2 the second one alone.
        return (advanced(toward: between.image, by: whole), image)
    }
}

/// A step from one noise level down to another in t = -log sigma, each number rounded to 32 bits where k-diffusion's
/// tensors are: the Brownian path is rough, so its ends must be the same to the last bit.
struct LogSigmaStep {
    /// sigma at either end, once through the logarithm and back.
    let start, end: Float
    private let t, tEnd: Float

    init(from sigma: Float, to next: Float) { self.init(t: -logarithm(sigma), tEnd: -logarithm(next)) }

    private init(t: Float, tEnd: Float) {
        (self.t, self.tEnd) = (t, tEnd)
        (start, end) = (exponential(-t), exponential(-tEnd))
    }

    var firstHalf: LogSigmaStep { LogSigmaStep(t: t, tEnd: t + (tEnd - t) * 0.5) }
    /// sigma half-way.
    var middle: Float { firstHalf.end }

    /// Deviation of the noise that is added.
    var up: Float {
        min(end, ((end * end) * (start * start - end * end) / (start * start)).squareRoot())
    }
    /// What is left of the old noise, in -log sigma.
    private var tDown: Float { -logarithm((end * end - up * up).squareRoot()) }
    /// What the latent is multiplied with.
    var ratio: Float { exponential(-tDown) / start }
    /// What the estimate is multiplied with.
    var weight: Float { -Float(Double.expm1(Double(t - tDown))) }
}

private func logarithm(_ x: Float) -> Float { Float(Double.log(Double(x))) }
private func exponential(_ x: Float) -> Float { Float(Double.exp(Double(x))) }
