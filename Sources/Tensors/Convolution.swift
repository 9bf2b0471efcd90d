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
        conv2d(weight, .channelsLast, bias: bias, stride: stride, padding: padding)
    }

    /// As above, with a weight (Cout, Cin, k, k) if its order says so.
    func conv2d(
        _ weight: Tensor,
        _ order: ConvolutionFilters.Order,
        bias: Tensor?,
        stride: Int,
        padding: (before: Int, after: Int)
    ) -> Tensor {
        let conv = convolutionShape(shape4, weight, order, stride: stride, padding: padding)
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
        let conv = convolutionShape(size, weight, .channelsFirst, stride: stride, padding: padding)
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
        let channels = x.shape[x.rank - 1]
        require(
            channels % groups == 0 && weight.count == channels,
            "a group norm of \(weight.title) in \(groups) groups does not fit \(x.title)"
        )
        let norm = GroupNormShape(
            batch: x.shape[0],
            pixels: x.count / max(1, x.shape[0] * channels),
            channels: channels,
            groups: groups
        )
        return ChannelNormalization(
            norm,
            GroupStatistics(norm, x: x.pointer, eps: eps),
            weight: weight.pointer,
            bias: bias.pointer,
            silu: silu
        )
    }
}

private func convolutionShape(
    _ size: (Int, Int, Int, Int),
    _ weight: Tensor,
    _ order: ConvolutionFilters.Order,
    stride: Int,
    padding: (before: Int, after: Int)
) -> ConvolutionShape {
    let (B, H, W, C) = size
    let (O, second, k, last) = weight.shape4
    require(
        C == (order == .channelsLast ? last : second) && min(H, W) + padding.before + padding.after >= k,
        "a weight of \(weight.title) does not fit \(size)"
    )
    return ConvolutionShape(
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

extension ConvolutionFilters {
    fileprivate init(_ weight: Tensor, _ order: Order) {
        let (_, second, k, last) = weight.shape4
        self.init(
            weight.storage.elements,
            order: order,
            channels: order == .channelsLast ? last : second,
            kernel: k
        )
    }
}
