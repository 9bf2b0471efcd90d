/// The printable characters that stand for bytes in a byte-level vocabulary, in GPT-2's order: printable Latin-1
/// characters stand for themselves, the other bytes, in order, for U+0100 and on.
///
/// openai/gpt-2: src/encoder.py::bytes_to_unicode
enum ByteAlphabet {
    /// What marks the last symbol of a word.
    static let endOfWord = "</w>"

    /// The bytes in the order of the vocabulary: those that stand for themselves, then the rest.
    static let order: [UInt8] = printable + (UInt8.min...UInt8.max).filter { !printable.contains($0) }

    /// By byte, its character.
    static let characters: [String] = {
        var characters = Array(repeating: "", count: 256)
        for (rank, byte) in order.enumerated() {
            let scalar = rank < printable.count ? UInt32(byte) : UInt32(0x100 + rank - printable.count)
            characters[Int(byte)] = Unicode.Scalar(scalar).map { String($0) } ?? ""
        }
        return characters
    }()

    private static let printable: [UInt8] = Array(0x21...0x7e) + Array(0xa1...0xac) + Array(0xae...0xff)
}
