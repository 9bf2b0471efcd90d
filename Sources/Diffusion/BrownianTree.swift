import Foundation
import Kernels
import Tensors

/// A Brownian path whose value anywhere depends on the seed alone, not on where or in what order it was asked before:
/// the interval is halved, and each half's increment drawn from a seed of its own, until the ends are met.
///
/// torchsde 0.2.6: _brownian/derived.py::BrownianTree over brownian_interval.py with its defaults, on the CPU: times
/// rounded to 6 decimals, NumPy's `SeedSequence` of 24 words for each node, increments by a Brownian bridge.
public struct BrownianTree: Sendable {
    private let root: Node
    /// Deviation of the whole increment.
    private let deviation: Float
    private let seed: UInt64

    /// - Precondition: `from` is at most `to`.
    public init(from start: Float, to end: Float, seed: UInt64) {
        require(start <= end, "a path from \(start) to \(end)")
        root = Node(start: rounded(Double(start)), end: rounded(Double(end)), spawnKey: 0, depth: 0)
        deviation = Float((Double(end) - Double(start)).squareRoot())
        self.seed = seed
    }

    /// The path's increment from the smaller to the larger of two times; times outside count as the nearest end.
    ///
    /// - Parameter shape: (B, H, W, C); the numbers are drawn in the order (B, C, H, W)
    public func increment(from a: Float, to b: Float, shape: [Int]) -> Tensor {
        let (B, H, W, C) = (shape[0], shape[1], shape[2], shape[3])
        func time(_ t: Float) -> Double { rounded(min(max(Double(t), root.start), root.end)) }
        let (from, to) = (time(min(a, b)), time(max(a, b)))
        var sum = [Float](repeating: 0, count: B * H * W * C)
        if from < to {
            let whole = normal(SeedSequence(entropy: seed), sum.count).map { $0 * deviation }
            var isFirst = true
            visit(root, whole, from, to) { part in
                sum = isFirst ? part : zip(sum, part).map { $0 + $1 }
                isFirst = false
            }
        }
        return Tensor(sum, shape: [B, C, H, W]).channelsLast()
    }

    /// Calls `body` with the increments, from left to right, of the nodes that together are [from, to].
    private func visit(_ node: Node, _ W: [Float], _ from: Double, _ to: Double, _ body: ([Float]) -> Void) {
        if from == node.start && to == node.end { return body(W) }
        let middle = rounded(0.5 * (node.end + node.start))
        let left = leftIncrement(of: node, W, middle)
        if from < middle { visit(node.left(to: middle), left, from, min(to, middle), body) }
        if to > middle {
            visit(node.right(from: middle), zip(W, left).map { $0 - $1 }, max(from, middle), to, body)
        }
    }

    /// The bridge: the mean is the left half's share of the whole, the variance is largest in the middle.
    private func leftIncrement(of node: Node, _ W: [Float], _ middle: Double) -> [Float] {
        let (before, after, reciprocal) = (middle - node.start, node.end - middle, 1 / (node.end - node.start))
        let deviation = Float((before * after * reciprocal).squareRoot())
        let noise = normal(SeedSequence(entropy: seed, spawnKey: [node.spawnKey, node.depth]), W.count)
        return zip(W, noise).map { (Float(before) * $0) * Float(reciprocal) + deviation * $1 }
    }

    private func normal(_ seeds: SeedSequence, _ count: Int) -> [Float] {
        var random = TorchRandomSource(seed: UInt64(seeds.firstWord))
        return random.normal(count)
    }

    private struct Node: Sendable {
        let start, end: Double
        /// The turns from the root, left 0 and right 1, as a binary number.
        let spawnKey: UInt64
        let depth: UInt64

        func left(to middle: Double) -> Node {
            Node(start: start, end: middle, spawnKey: 2 * spawnKey, depth: depth + 1)
        }
        func right(from middle: Double) -> Node {
            Node(start: middle, end: end, spawnKey: 2 * spawnKey + 1, depth: depth + 1)
        }
    }
}

/// To 6 decimals, by the number's exact value, halves to even: Python's `round(x, 6)`.
private func rounded(_ x: Double) -> Double { Double(String(format: "%.6f", x)) ?? x }
