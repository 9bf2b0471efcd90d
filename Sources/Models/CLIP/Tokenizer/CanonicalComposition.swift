import Foundation

/// Unicode's normalisation form C by the tables of Unicode 9, which is what tokenizers 0.23 has: later characters stay
/// as they are. (Foundation's own form C also joins a Hangul syllable with what follows it wrongly at the ends of the
/// ranges.)
///
/// Unicode Standard Annex 15; Hangul: The Unicode Standard, section 3.12.
enum CanonicalComposition {
    static func normalize(_ text: String) -> [Unicode.Scalar] {
        let scalars = Array(text.unicodeScalars)
        // Nothing below U+0300 combines.
        guard scalars.contains(where: { $0.value >= 0x300 }) else { return scalars }
        return composed(ordered(scalars.flatMap(decomposed)))
    }

    private typealias Marked = (scalar: Unicode.Scalar, combiningClass: UInt8)

    private static func decomposed(_ scalar: Unicode.Scalar) -> [Marked] {
        if scalar.value < 0xc0 { return [(scalar, 0)] }
        guard isKnown(scalar) else { return [(scalar, 0)] }
        return String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map { ($0, combiningClass($0)) }
    }

    /// Each run of combining marks sorted by class, marks of equal class in their order.
    private static func ordered(_ marked: [Marked]) -> [Marked] {
        var result = marked
        var start = 0
        while start < marked.count {
            let end = marked[start...].firstIndex { $0.combiningClass == 0 } ?? marked.count
            if end - start > 1 {
                let order = (start..<end).sorted { (marked[$0].combiningClass, $0) < (marked[$1].combiningClass, $1) }
                for (i, source) in order.enumerated() { result[start + i] = marked[source] }
            }
            start = end + 1
        }
        return result
    }

    private static func composed(_ marked: [Marked]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var starter: Int?
        // Of the character before, if it is a mark after the starter.
        var lastClass: UInt8?
        for (scalar, combiningClass) in marked {
            if let starter, lastClass.map({ $0 < combiningClass }) ?? true,
                let whole = composite(result[starter], scalar)
            {
                result[starter] = whole
                continue
            }
            if combiningClass == 0 {
                starter = result.count
                lastClass = nil
            } else {
                lastClass = combiningClass
            }
            result.append(scalar)
        }
        return result
    }

    /// The one character that two compose to.
    private static func composite(_ a: Unicode.Scalar, _ b: Unicode.Scalar) -> Unicode.Scalar? {
        let (a32, b32) = (a.value, b.value)
        if (0x1100..<0x1113).contains(a32), (0x1161..<0x1176).contains(b32) {
            return Unicode.Scalar(0xac00 + ((a32 - 0x1100) * 21 + (b32 - 0x1161)) * 28)
        }
        if (0xac00..<0xd7a4).contains(a32), (a32 - 0xac00) % 28 == 0, (0x11a8..<0x11c3).contains(b32) {
            return Unicode.Scalar(a32 + b32 - 0x11a7)
        }
        // Letters and marks below U+0300 compose with nothing that follows them but marks from there on; Hangul only
        // as above.
        if b32 < 0x300 || (0x1100..<0x1200).contains(b32) { return nil }
        var pair = String(a)
        pair.unicodeScalars.append(b)
        let whole = pair.precomposedStringWithCanonicalMapping.unicodeScalars
        guard whole.count == 1, let scalar = whole.first, isKnown(scalar) else { return nil }
        return scalar
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        isKnown(scalar) ? scalar.properties.canonicalCombiningClass.rawValue : 0
    }

    /// Whether Unicode 9 has the character.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x300 || (scalar.properties.age?.major ?? 0) <= 9
    }
}
