/// How a prompt's text is taken.
public struct PromptReading: Hashable, Sendable {
    /// Whether parts of it weigh more or less.
    public enum Weighting: String, Hashable, Sendable, CaseIterable {
        /// Parentheses are text.
        case none
        /// See `WeightedText.init(comfyUI:)`.
        case comfyui
    }

    /// What happens to tokens that an encoder has no room for.
    public enum Overflow: String, Hashable, Sendable, CaseIterable {
        /// They are not seen.
        case cut
        /// They go into further sequences, each with its own start and end, that are encoded by themselves.
        case chunks
    }

    public var weighting: Weighting
    public var overflow: Overflow

    /// diffusers' and transformers' way unless given.
    public init(weighting: Weighting = .none, overflow: Overflow = .cut) {
        self.weighting = weighting
        self.overflow = overflow
    }

    /// Textual inversions that are not known are left out, as ComfyUI does; else they are read as words.
    var leavesOutUnknownEmbeddings: Bool { weighting == .comfyui }

    /// - Throws: `PromptError`
    func pieces(_ text: String) throws -> WeightedText {
        switch weighting {
        case .none: WeightedText(plain: text)
        case .comfyui: try WeightedText(comfyUI: text)
        }
    }
}
