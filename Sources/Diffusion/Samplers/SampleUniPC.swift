import Elementary
import Tensors

/// The B(h) by which UniPC scales the differences between estimates.
enum UniPCBase {
    /// h itself.
    case bh1
    /// exp(h) - 1.
    case bh2
}

extension Sampling {
    /// UniPC of third order in the estimates of the clean latent: what the model sees at the end of a step corrects that step
    /// (UniC) before the next one is taken (UniP). The last steps are of lower order, the very last goes to the estimate.
    ///
    /// Zhao et al. 2023, algorithms 1 and 2; diffusers: schedulers/scheduling_unipc_multistep.py with solver_order 3.
    mutating func uniPC(_ step: Step, _ base: UniPCBase) throws -> Landing {
        let now = Sight(sigma: step.sigma, image: try denoise(x, step).image)
        let past = seen(before: step)
        func order(at index: Int, knowing count: Int) -> Int { min(3, step.count - index, count) }
        var x = x
        if let start = state.corrected, let last = past.first {
            let others = past[1..<order(at: step.index - 1, knowing: past.count)]
            x = solution(start, last, to: step.sigma, by: others + [now], base)
        }
        state.corrected = x
        guard step.next > 0 else { return (now.image, now.image) }
        let others = past.prefix(order(at: step.index, knowing: past.count + 1) - 1)
        return (solution(x, now, to: step.next, by: Array(others), base), now.image)
    }

    /// The latent at another noise level: from `x` and what was seen in it, along the curve of estimates through `others`.
    private func solution(_ x: Tensor, _ start: Sight, to sigma: Float, by others: [Sight], _ base: UniPCBase) -> Tensor
    {
        func lambda(_ sigma: Float) -> Double { -Double.log(Double(sigma)) }
        let h = lambda(sigma) - lambda(start.sigma)
        let places = others.map { (lambda($0.sigma) - lambda(start.sigma)) / h }
        let scale = base == .bh1 ? -h : Double.expm1(-h)
        var result = x * (sigma / start.sigma) - start.image * Float(Double.expm1(-h))
        for (other, (place, weight)) in zip(others, zip(places, differenceWeights(places, h, scale))) {
            result = result - (other.image - start.image) * Float(scale * weight / place)
        }
        return result
    }
}

/// How much each difference counts: the a of the paper's theorem 3.1, R(h) a = b(h), and one half for a single one.
///
/// - Parameter places: as fractions of the step, from its start
private func differenceWeights(_ places: [Double], _ h: Double, _ scale: Double) -> [Double] {
    guard places.count > 1 else { return places.map { _ in 0.5 } }
    var phi = Double.expm1(-h) / -h - 1
    var factorial = 1.0
    var moments: [Double] = []
    for k in places.indices {
        moments.append(phi * factorial / scale)
        factorial *= Double(k + 2)
        phi = phi / -h - 1 / factorial
    }
    return vandermonde(places, moments)
}

/// The weights at `places` whose sums with their powers 0, 1, 2 ... are `moments`.
///
/// Golub and Van Loan, Matrix Computations, algorithm 4.6.2
private func vandermonde(_ places: [Double], _ moments: [Double]) -> [Double] {
    var b = moments
    let last = b.count - 1
    for k in 0..<last { for i in stride(from: last, to: k, by: -1) { b[i] -= places[k] * b[i - 1] } }
    for k in stride(from: last - 1, through: 0, by: -1) {
        for i in k + 1...last { b[i] /= places[i] - places[i - k - 1] }
        for i in k..<last { b[i] -= b[i + 1] }
    }
    return b
}
