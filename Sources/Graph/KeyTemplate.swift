/// A cache key without what differs between the cells of a node: what they share is put into bytes once.
public struct KeyTemplate: Sendable {
    /// Up to the first parameter that varies, or the end.
    private let start: [UInt8]
    /// By parameter that varies, in the key's order: its place among `varying`, and the bytes that follow it.
    private let rest: [(place: Int, then: [UInt8])]

    /// - Parameters:
    ///   - constants: parameters that are the same at every cell
    ///   - varying: the names of the others
    public init(
        kind: String,
        version: Int,
        numerics: String,
        constants: [String: Value],
        varying: [String] = []
    ) {
        var encoder = CanonicalEncoder()
        encoder.append(.string("pulid-run key"))
        encoder.append(.integer(Int128(CacheKey.schema)))
        encoder.append(.string(kind))
        encoder.append(.integer(Int128(version)))
        encoder.append(.string(numerics))

        let places = Dictionary(uniqueKeysWithValues: zip(varying, 0...))
        let names = Set(constants.keys).union(varying).sorted()
        encoder.beginMap(count: names.count)
        var pieces: [(place: Int, before: [UInt8])] = []
        for name in names {
            encoder.appendMapKey(name)
            if let place = places[name] {
                pieces.append((place, encoder.bytes))
                encoder = CanonicalEncoder()
            } else {
                encoder.append(constants[name] ?? .null)
            }
        }
        let ends = pieces.map(\.before) + [encoder.bytes]
        start = ends[0]
        rest = zip(pieces, ends.dropFirst()).map { ($0.place, $1) }
    }

    /// The digest of the key of one cell.
    ///
    /// - Parameters:
    ///   - values: gives a varying parameter by its place
    ///   - inputs: in the order of the ports' names
    public func digest(
        values: (Int) -> Value = { _ in .null },
        inputs: [(port: String, digests: [CacheKey.InputDigest])]
    ) -> Digest {
        var encoder = CanonicalEncoder(start)
        for (place, bytes) in rest {
            encoder.append(values(place))
            encoder.appendEncoded(bytes)
        }
        for (port, digests) in inputs {
            encoder.append(.string(port))
            encoder.append(.integer(Int128(digests.count)))
            for input in digests {
                if let cell = input.cell {
                    encoder.append(cell)
                } else {
                    encoder.append(.null)
                }
                encoder.append(input.digest)
            }
        }
        return Digest(of: encoder.bytes)
    }
}
