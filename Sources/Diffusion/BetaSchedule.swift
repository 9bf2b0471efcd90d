import Elementary

/// How the variance that a training timestep adds grows.
public enum BetaSchedule: String, CaseIterable, Decodable, Hashable, Sendable {
    case linear
    /// Linear in the square root of beta.
    case scaledLinear = "scaled_linear"
    /// ᾱ follows a squared cosine (Nichol and Dhariwal 2021), whatever beta_start and beta_end are.
    case squaredCosine = "squaredcos_cap_v2"

    func betas(from start: Double, to end: Double, count: Int) -> [Float] {
        switch self {
        case .linear: linspace(Float(start), Float(end), count)
        case .scaledLinear:
            linspace(Float(start.squareRoot()), Float(end.squareRoot()), count).map { $0 * $0 }
        case .squaredCosine:
            (0..<count).map { i in
                let (now, next) = (cosineBar(Double(i) / Double(count)), cosineBar(Double(i + 1) / Double(count)))
                return Float(min(1 - next / now, 0.999))
            }
        }
    }

    private func cosineBar(_ t: Double) -> Double {
        let cosine = Double.cos((t + 0.008) / 1.008 * .pi / 2)
        return cosine * cosine
    }
}

/// `torch.linspace` in 32 bits: counted from both ends, each value rounded once.
private func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return Array(repeating: start, count: count) }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { i in
        i < count / 2 ? start.addingProduct(step, Float(i)) : end.addingProduct(-step, Float(count - 1 - i))
    }
}
