import Kernels

extension Tensor {
    /// The convolution of a (B, H, W, Cin) picture with weight (Cout, k, k, Cin) and bias (Cout) ->
    /// (B, H', W', Cout). `padding` is the number of zeros before and after each of the two sides.
    public func conv2d(
        _ weight: Tensor,
        bias: Tensor?,
        stride: Int = 1,
        padding: (before: Int, after: Int)
    ) -> Tensor {
        let (B, H, W, C) = shape4
        let (O, k, _, Ci) = weight.shape4
        precondition(
            C == Ci && min(H, W) + padding.before + padding.after >= k && (bias?.count ?? O) == O,
            "a weight of \(weight.shape) does not fit \(shape)"
        )
        let conv = ConvolutionShape(
            batch: B,
            height: H,
            width: W,
            channelsIn: C,
            channelsOut: O,
            kernel: k,
            stride: stride,
            padding: padding
        )
        let y = Tensor([B, conv.outHeight, conv.outWidth, O]) { y in
            convolutionForward(conv, x: pointer, weight: weight.pointer, bias: bias?.pointer, y: y)
        }
        let inputs = [self, weight] + (bias.map { [$0] } ?? [])
        let wants = inputs.map(\.needsGradient)
        return y.recorded(from: inputs) { [x = detached(), weight = weight.detached()] dy in
            zip(wants, 0...).map { wanted, input in
                guard wanted else { return nil }
                switch input {
                case 0:
                    return Tensor(x.shape) {
                        convolutionInputGradient(conv, weight: weight.pointer, dy: dy.pointer, dx: $0)
                    }
                case 1:
                    return Tensor(weight.shape) {
                        convolutionWeightGradient(conv, x: x.pointer, dy: dy.pointer, dweight: $0)
                    }
                default: return dy.sumOfRows()
                }
            }
        }
    }
}
