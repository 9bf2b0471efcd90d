import Kernels

extension Tensor {
    /// The convolution of a (B, H, W, Cin) picture with weight (Cout, k, k, Cin) and bias (Cout) ->
    /// (B, H', W', Cout). `padding` is the number of zeros before and after each of the two sides.
    ///
    /// - Parameter order: of the weight's dimensions
    public func conv2d(
        _ weight: Tensor,
        _ order: ConvolutionFilters.Order = .channelsLast,
        bias: Tensor?,
        stride: Int = 1,
        padding: (before: Int, after: Int)
    ) -> Tensor {
        let conv = ConvolutionShape(shape4, weight, order, stride: stride, padding: padding)
        require((bias?.count ?? conv.channelsOut) == conv.channelsOut, "a bias does not fit \(weight.title)")
        let y = Tensor([conv.batch, conv.outHeight, conv.outWidth, conv.channelsOut]) { y in
            convolutionForward(
                conv,
                ConvolutionInput(pointer),
                ConvolutionFilters(weight, order),
                ConvolutionOutput(y, bias: bias?.pointer)
            )
        }
        let inputs = [self, weight] + (bias.map { [$0] } ?? [])
        let wants = inputs.map(\.needsGradient)
        return y.recorded(from: inputs) { [x = detached(), weight = weight.detached()] dy in
            zip(wants, 0...).map { wanted, input in
                guard wanted else { return nil }
                switch input {
                case 0:
                    let weight = order == .channelsLast ? weight : weight.channelsLast()
                    return Tensor(x.shape) {
                        convolutionInputGradient(conv, weight: weight.pointer, dy: dy.pointer, dx: $0)
                    }
                case 1:
                    let dweight = Tensor([conv.channelsOut, conv.kernel, conv.kernel, conv.channelsIn]) {
                        convolutionWeightGradient(conv, x: x.pointer, dy: dy.pointer, dweight: $0)
                    }
                    return order == .channelsLast ? dweight : dweight.channelsFirst()
                default: return dy.sumOfRows()
                }
            }
        }
    }
}

extension ConvolutionShape {
    /// - Parameter size: of what is convolved
    init(
        _ size: (Int, Int, Int, Int),
        _ weight: Tensor,
        _ order: ConvolutionFilters.Order,
        stride: Int,
        padding: (before: Int, after: Int)
    ) {
        let (B, H, W, C) = size
        let (O, second, k, last) = weight.shape4
        require(
            C == (order == .channelsLast ? last : second) && min(H, W) + padding.before + padding.after >= k,
            "a weight of \(weight.title) does not fit \(size)"
        )
        self.init(
            batch: B,
            height: H,
            width: W,
            channelsIn: C,
            channelsOut: O,
            kernel: k,
            stride: stride,
            padding: padding
        )
    }
}

extension ConvolutionFilters {
    init(_ weight: Tensor, _ order: Order) {
        let (_, second, k, last) = weight.shape4
        self.init(
            weight.storage.elements,
            order: order,
            channels: order == .channelsLast ? last : second,
            kernel: k
        )
    }
}
