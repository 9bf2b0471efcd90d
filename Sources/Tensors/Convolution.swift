import Kernels

extension Tensor {
    /// The convolution of a (B, H, W, Cin) picture with weight (Cout, k, k, Cin) and bias (Cout) ->
    /// (B, H', W', Cout). `padding` is the number of zeros before and after each of the two sides.
    public func conv2d(
        _ weight: Tensor, bias: Tensor?, stride: Int = 1, padding: (before: Int, after: Int)
    ) -> Tensor {
        let (B, H, W, C) = shape4
        let (O, k, _, Ci) = weight.shape4
        precondition(C == Ci, "a weight of \(weight.shape) does not fit \(shape)")
        let shape = ConvolutionShape(
            batch: B, height: H, width: W, channelsIn: C, channelsOut: O, kernel: k, stride: stride, padding: padding)
        return Tensor([B, shape.outHeight, shape.outWidth, O]) { y in
            convolutionForward(shape, x: pointer, weight: weight.pointer, bias: bias?.pointer, y: y)
        }
    }
}
