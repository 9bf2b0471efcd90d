import Elementary

/// Noise levels that end in noise alone, by rescaling those of a schedule that does not (Lin et al. 2023, algorithm 1).
///
/// The last one would be infinite. The two programs whose pictures people compare put different numbers in its place.
public enum ZeroTerminalSNR: String, CaseIterable, Codable, Hashable, Sendable {
    /// ᾱ of 2^-24, a sigma of 4096, but for DDIM, which takes it as it is.
    ///
    /// diffusers: scheduling_euler_discrete.py::rescale_zero_terminal_snr and `__init__`
    case diffusers
    /// ᾱ of 4.9e-8, a sigma of 4518.8.
    ///
    /// ComfyUI: comfy/model_sampling.py::rescale_zero_terminal_snr_sigmas
    case comfyui

    /// - Parameter betas: of the schedule that ends in a rest of the image
    func noiseLevels(_ betas: [Float]) -> [Float] {
        switch self {
        case .diffusers:
            let bars = rescaled(cumulativeAlphas(betas).map { $0.squareRoot() }).map { $0 * $0 }
            let alphas = [bars[0]] + zip(bars.dropFirst(), bars).map { $0 / $1 }
            var again = cumulativeAlphas(alphas.map { 1 - $0 })
            again[again.count - 1] = 0x1p-24
            return sigmas(of: again)
        case .comfyui:
            let before = sigmas(of: cumulativeAlphas(betas)).map { (1 / ($0 * $0 + 1)).squareRoot() }
            var bars = rescaled(before).map { $0 * $0 }
            bars[bars.count - 1] = 4.8973451890853435e-08
            return sigmas(of: bars)
        }
    }

    /// Shifted so that the last is 0, and scaled so that the first stays.
    private func rescaled(_ roots: [Float]) -> [Float] {
        let (first, last) = (roots[0], roots[roots.count - 1])
        return roots.map { ($0 - last) * (first / (first - last)) }
    }
}

/// sqrt((1 - ᾱ) / ᾱ)
func sigmas(of cumulativeAlphas: [Float]) -> [Float] { cumulativeAlphas.map { ((1 - $0) / $0).squareRoot() } }

/// `torch.cumprod` of 1 - beta: the running product is kept in 64 bits.
func cumulativeAlphas(_ betas: [Float]) -> [Float] {
    var product = 1.0
    return betas.map { beta in
        product *= Double(1 - beta)
        return Float(product)
    }
}
