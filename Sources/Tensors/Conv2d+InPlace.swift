import Kernels

extension Conv2d {
    /// The same as for any x. Where each output pixel is made of one input pixel alone and is no wider, and no one else holds
    /// x, its memory becomes the result's: as large a map again is never needed.
    public func callAsFunction(replacing x: consuming Tensor) -> Tensor {
        let (B, H, W, C) = x.shape4
        let (O, _, kernel, _) = weight.shape4
        let wantsGradient = [x, weight, bias].contains { $0?.needsGradient ?? false }
        guard !wantsGradient, kernel == 1, stride == 1, padding == (0, 0), O <= C else { return self(x) }
        var storage = x.storage
        let shape = x.shape
        _ = consume x
        guard isKnownUniquelyReferenced(&storage), storage.isOwned else {
            return self(Tensor(shape: shape, storage: storage))
        }
        require(weight.count == O * C, "a weight of \(weight.title) does not fit \(shape)")
        Tensor.observed("conv2d") {
            pointwiseConvolution(
                replacing: storage.base,
                pixels: B * H * W,
                channelsIn: C,
                channelsOut: O,
                ConvolutionFilters(weight, .channelsFirst),
                bias: bias?.pointer
            )
        }
        storage.shrink(to: B * H * W * O)
        return Tensor(shape: [B, H, W, O], storage: storage)
    }
}
