import CKernels

/// The weight of a convolution as it is stored, in PyTorch's order or with the channels last. It is
/// widened and packed panel by panel as the products need it; nothing else is kept.
public struct ConvolutionFilters {
    /// The order of the dimensions after the first, which are the outputs.
    public enum Order: Sendable {
        /// (out, in, k, k), as checkpoints have it
        case channelsFirst
        /// (out, k, k, in)
        case channelsLast
    }

    private let numbers: StoredFloats
    private let order: Order
    /// Inputs as stored.
    private let inputs: Int
    let taps: Int
    private let isTransposed: Bool

    public init(_ numbers: StoredFloats, order: Order, channels: Int, kernel: Int) {
        self.init(numbers, order, inputs: channels, taps: kernel * kernel, isTransposed: false)
    }

    private init(_ numbers: StoredFloats, _ order: Order, inputs: Int, taps: Int, isTransposed: Bool) {
        self.numbers = numbers
        self.order = order
        self.inputs = inputs
        self.taps = taps
        self.isTransposed = isTransposed
    }

    /// With inputs and outputs in each other's place and the taps turned around: what takes a gradient of a convolution's
    /// outputs back to its inputs.
    ///
    /// - Precondition: the channels lie last.
    func transposed() -> ConvolutionFilters {
        require(order == .channelsLast, "only filters with their channels last can be transposed")
        return ConvolutionFilters(numbers, order, inputs: inputs, taps: taps, isTransposed: true)
    }

    /// Where the taps of one panel lie in memory that `packTaps` has written: floats from one to the next.
    func tapStrides(channels count: Int, panel: Int) -> (tap: Int, channel: Int) {
        switch order {
        case .channelsFirst: (panel, taps * panel)
        case .channelsLast: (count * panel, panel)
        }
    }

    /// Widens `count` channels from `channel` on of `outputs` filters from `first` on, side by side with zeros up to a
    /// panel: [count, taps, panel] or [taps, count, panel], as `tapStrides` says.
    func packTaps(
        first: Int,
        outputs: Int,
        channel: Int,
        count: Int,
        _ kernels: pk_gemm_kernels,
        to packed: UnsafeMutablePointer<Float>
    ) {
        let filter = inputs * taps
        guard order == .channelsLast else {
            let corner = numbers.from(first * filter + channel * taps)
            return corner.pack(kStride: 1, nStride: filter, n: outputs, k: count * taps, kernels, to: packed)
        }
        for tap in 0..<taps {
            let to = packed + tap * count * kernels.panel
            if isTransposed {
                numbers.from(channel * filter + (taps - 1 - tap) * inputs + first)
                    .pack(kStride: filter, nStride: 1, n: outputs, k: count, kernels, to: to)
            } else {
                numbers.from(first * filter + tap * inputs + channel)
                    .pack(kStride: 1, nStride: filter, n: outputs, k: count, kernels, to: to)
            }
        }
    }
}
