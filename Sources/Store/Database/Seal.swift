import Graph

extension Digest {
    /// Short proof that the parts of a row belong together: a damaged or misplaced row does not pass for another.
    ///
    /// - Parameter parts: all but the first have one length in all rows of a table.
    static func seal(_ parts: [UInt8]...) -> [UInt8] {
        var hasher = Hasher()
        for part in parts { part.withUnsafeBytes { hasher.update($0) } }
        return Array(hasher.finish().bytes.prefix(16))
    }

    /// Whether these are the bytes of the parts' seal.
    static func seals(
        _ seal: UnsafeRawBufferPointer,
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer,
        _ third: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Bool {
        var hasher = Hasher()
        hasher.update(first)
        hasher.update(second)
        hasher.update(third)
        let digest = hasher.finish()
        return seal.count == 16 && digest.withUnsafeBytes { $0.prefix(16).elementsEqual(seal) }
    }
}
