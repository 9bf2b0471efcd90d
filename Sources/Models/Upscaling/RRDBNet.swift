import Tensors

/// BasicSR: basicsr/archs/rrdbnet_arch.py::RRDBNet, the network of ESRGAN and Real-ESRGAN, which enlarges pictures.
///
/// Its tensors have BasicSR's names: `conv_first`, `body.<n>.rdb<1 to 3>.conv<1 to 5>`, `conv_body`, `conv_up<n>`, `conv_hr`,
/// `conv_last`.
public struct RRDBNet: Sendable {
    public let config: Config
    let convFirst: Conv2d
    let body: [ResidualInResidualDenseBlock]
    let convBody: Conv2d
    let convUps: [Conv2d]
    let convHR, convLast: Conv2d

    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        let (width, colors) = (config.width, Config.colors)
        convFirst = try Conv2d(
            w / "conv_first",
            from: colors * config.unshuffle * config.unshuffle,
            to: width,
            kernel: 3
        )
        body = try (0..<config.blocks).map {
            try ResidualInResidualDenseBlock(w / "body" / $0, width: width, growth: config.growth)
        }
        convBody = try Conv2d(w / "conv_body", from: width, to: width, kernel: 3)
        convUps = try (0..<config.doublings).map {
            try Conv2d(w / "conv_up\($0 + 1)", from: width, to: width, kernel: 3)
        }
        convHR = try Conv2d(w / "conv_hr", from: width, to: width, kernel: 3)
        convLast = try Conv2d(w / "conv_last", from: width, to: colors, kernel: 3)
    }

    /// A picture (B, H, W, 3) in 0...1 -> (B, scale H, scale W, 3), not clamped.
    public func callAsFunction(_ picture: Tensor) -> Tensor {
        let (_, H, W, _) = picture.shape4
        let first = convFirst(picture.mirrored(toMultiple: config.unshuffle).pixelUnshuffled(config.unshuffle))
        var x = first
        for block in body { x = block(consume x) }
        x = convBody(x) + first
        for convUp in convUps { x = convUp(upsampling: consume x).leaky }
        x = convHR(consume x).leaky
        let enlarged = convLast(consume x)
        return enlarged.prefix(H * config.scale, axis: 1).prefix(W * config.scale, axis: 2)
    }
}

/// BasicSR: rrdbnet_arch.py::RRDB
struct ResidualInResidualDenseBlock: Sendable {
    private let blocks: [ResidualDenseBlock]

    init(_ w: Weights, width: Int, growth: Int) throws {
        blocks = try (1...3).map { try ResidualDenseBlock(w / "rdb\($0)", width: width, growth: growth) }
    }

    func callAsFunction(_ x: Tensor) -> Tensor { blocks.reduce(x) { $1($0) } * residualScale + x }
}

/// BasicSR: rrdbnet_arch.py::ResidualDenseBlock
private struct ResidualDenseBlock: Sendable {
    private let convolutions: [Conv2d]

    init(_ w: Weights, width: Int, growth: Int) throws {
        let count = 5
        convolutions = try (0..<count).map { i in
            try Conv2d(
                w / "conv\(i + 1)",
                from: width + i * growth,
                to: i == count - 1 ? width : growth,
                kernel: 3
            )
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var all = x
        for convolution in convolutions.dropLast() {
            all = .concatenated([all, convolution(all).leaky], axis: 3)
        }
        return convolutions[convolutions.count - 1](all) * residualScale + x
    }
}

private let residualScale: Float = 0.2

extension Tensor {
    fileprivate var leaky: Tensor { leakyReLU(slope: 0.2) }

    fileprivate func prefix(_ count: Int, axis: Int) -> Tensor {
        shape[axis] <= count ? self : sliced(axis: axis, 0..<count)
    }

    /// (B, H, W, C), with rows and columns mirrored at the end until the factor divides both sides.
    fileprivate func mirrored(toMultiple factor: Int) -> Tensor {
        [1, 2].reduce(self) { picture, axis in
            let side = picture.shape[axis]
            let missing = (factor - side % factor) % factor
            guard missing > 0 else { return picture }
            // The last line is not repeated; where a picture ends, it turns again.
            let period = max(1, 2 * (side - 1))
            let lines = (side..<side + missing).map { line in
                let place = min(line % period, period - line % period) % side
                return picture.sliced(axis: axis, place..<place + 1)
            }
            return .concatenated([picture] + lines, axis: axis)
        }
    }

    /// torch.pixel_unshuffle over (B, H, W, C): each square of pixels becomes one, its rows and columns channels of their own.
    fileprivate func pixelUnshuffled(_ factor: Int) -> Tensor {
        guard factor > 1 else { return self }
        let (B, H, W, C) = shape4
        let (h, w) = (H / factor, W / factor)
        let square = factor * factor
        return withValues { values in
            var result = [Float](repeating: 0, count: values.count)
            for b in 0..<B {
                for y in 0..<H {
                    for x in 0..<W {
                        let from = ((b * H + y) * W + x) * C
                        let to = ((b * h + y / factor) * w + x / factor) * C * square
                        let place = y % factor * factor + x % factor
                        for c in 0..<C { result[to + c * square + place] = values[from + c] }
                    }
                }
            }
            return Tensor(result, shape: [B, h, w, C * square])
        }
    }
}
