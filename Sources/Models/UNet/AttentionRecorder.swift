import Synchronization
import Tensors

/// Keeps what a UNet's cross-attentions ask, call by call, for a training that compares them. It is handed to the calls
/// by `TextConditioning.recorded(by:)`.
public final class AttentionRecorder: Sendable {
    /// One cross-attention in one call.
    public struct Entry: Sendable {
        /// The attention's number.
        public let attention: Int
        /// Of the pixels, (B, L, C), with the graph behind it.
        public let query: Tensor
        /// Of the prompt's tokens, (B, T, C).
        public let key: Tensor
        public let heads: Int
    }

    private let recorded = Mutex<[Entry]>([])

    public init() {}

    /// In the order of the calls, and within a call in that of its attentions: down, middle, up.
    public var entries: [Entry] { recorded.withLock { $0 } }

    func record(_ entry: Entry) { recorded.withLock { $0.append(entry) } }
}
