extension SDXLPromptEncoder {
    /// Sequences that a prompt or its negative may come to, once both are equally long: SDXL's cross-attentions hold about
    /// 100 MB of keys and values for each.
    static let mostSequences = 64

    /// - Throws: `SDXLPromptError.tooLong` for texts that would take gigabytes, before anything is encoded; `PromptError`
    public func checkLength(of text: String, negative: String?, reading: PromptReading) throws {
        guard reading.overflow == .chunks else { return }
        func sequences(_ text: String) throws -> Int {
            let (first, second) = try tokens(text, reading)
            return max(first.chunks.ids.count, second.chunks.ids.count)
        }
        let counts = try [text, negative ?? ""].map(sequences)
        let length = leastCommonMultiple(counts[0], counts[1])
        guard length <= Self.mostSequences else {
            throw SDXLPromptError.tooLong(
                sequences: counts[0],
                negative: counts[1],
                both: length,
                most: Self.mostSequences
            )
        }
    }
}
