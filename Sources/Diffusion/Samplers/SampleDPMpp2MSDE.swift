import Elementary
import Tensors

extension Sampling {
    /// DPM-Solver++(2M) SDE: second order with the estimate of the step before, and fresh noise in each step; the last one goes
    /// to the estimate.
    ///
    /// k-diffusion: sampling.py::sample_dpmpp_2m_sde with eta 1, s_noise 1, midpoint.
    mutating func dpmpp2MSDE(_ step: Step) throws -> Landing {
        let path = brownianPath()
        let image = try denoise(x, step).image
        guard step.next > 0 else { return (image, image) }
        // h is the step in log(1 / sigma), and exp(-h) the ratio of the levels.
        let h = Double.log(Double(step.sigma) / Double(step.next))
        let weight = Float(-Double.expm1(-2 * h))
        var next = x * (step.next / step.sigma * Float(Double.exp(-h))) + image * weight
        if let last = seen(before: step).first {
            let hBefore = Double.log(Double(last.sigma) / Double(step.sigma))
            next = next + (image - last.image) * (weight * Float(0.5 * h / hBefore))
        }
        let noise = path.increment(from: step.next, to: step.sigma, shape: x.shape)
        let up = step.next * weight.squareRoot() / (step.sigma - step.next).squareRoot()
        return (next - noise * up, image)
    }
}
