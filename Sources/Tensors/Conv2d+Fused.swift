import Kernels

extension Conv2d {
    /// x (B, H, W, in) -> (B, H', W', out)
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.conv2d(weight, .channelsFirst, bias: bias, stride: stride, padding: padding).named(weight.origin)
    }

    /// conv(silu(norm(x))), plus a row (B, out) for every picture, plus a residual of the result's shape. Without
    /// gradients nothing but the result is made.
    public func callAsFunction(
        _ x: Tensor,
        after norm: GroupNorm,
        adding row: Tensor? = nil,
        residual: consuming Tensor? = nil
    ) -> Tensor {
        let residual = residual
        if [x, weight, bias, norm.weight, norm.bias, row, residual].contains(where: { $0?.needsGradient ?? false }) {
            var y = self(norm(x, silu: true))
            if let row { y = y.addingPerPicture(row) }
            return residual.map { $0 + y } ?? y
        }
        let preparation = Tensor.observed("groupNorm") { norm.pointwise(x, silu: true) }
        let rows = row.map { row in bias.map { row.addingRow($0) } ?? row }
        return convolved(x, x.shape4, .normalized(preparation), rows ?? bias, residual: consume residual)
    }

    /// The convolution of x (B, h, w, in) with each pixel repeated in a square of four: (B, 2 h, 2 w, in) -> out.
    public func callAsFunction(upsampling x: Tensor) -> Tensor {
        guard ![x, weight, bias].contains(where: { $0?.needsGradient ?? false }) else {
            return self(x.upsampledNearest2x())
        }
        let (B, h, w, C) = x.shape4
        return convolved(x, (B, 2 * h, 2 * w, C), .upsampled, bias, residual: nil)
    }

    /// - Parameters:
    ///   - size: of what is convolved
    ///   - row: (out) or (B, out)
    private func convolved(
        _ x: Tensor,
        _ size: (Int, Int, Int, Int),
        _ preparation: ConvolutionInput.Preparation,
        _ row: Tensor?,
        residual: consuming Tensor?
    ) -> Tensor {
        let conv = ConvolutionShape(size, weight, .channelsFirst, stride: stride, padding: padding)
        let shape = [conv.batch, conv.outHeight, conv.outWidth, conv.channelsOut]
        var residual = residual
        require(
            residual == nil || residual?.shape == shape,
            "a residual of \(residual?.title ?? "") does not fit \(shape) of \(weight.title)"
        )
        // A residual that no one else holds becomes the result.
        var added = residual?.storage
        residual = nil
        let isOurs = isKnownUniquelyReferenced(&added) && added?.isOwned == true
        let y = Tensor(shape: shape, storage: (isOurs ? added : nil) ?? Storage(count: shape.reduce(1, *)))
        Tensor.observed("conv2d") {
            convolutionForward(
                conv,
                ConvolutionInput(x.pointer, preparation),
                ConvolutionFilters(weight, .channelsFirst),
                ConvolutionOutput(
                    y.storage.base,
                    bias: row?.pointer,
                    perPicture: row.map { $0.rank == 2 } ?? false,
                    residual: added.map { UnsafePointer($0.base) }
                )
            )
        }
        return y.named(weight.origin)
    }
}

extension GroupNorm {
    /// What it does to each pixel of x.
    fileprivate func pointwise(_ x: Tensor, silu: Bool) -> ChannelNormalization {
        let norm = GroupNormShape(x, weight, bias, groups: groups)
        return ChannelNormalization(
            norm,
            GroupStatistics(norm, x: x.pointer, eps: eps),
            weight: weight.pointer,
            bias: bias.pointer,
            silu: silu
        )
    }
}
