import Foundation

/// Damaged copies of a file, the same ones in every run: what transfers lose and repeat, and extreme numbers where sizes
/// may stand. Single flipped bits are tried beside each reader.
struct Damage: Sequence {
    let whole: [UInt8]
    let copies: Int
    let seed: UInt64

    func makeIterator() -> AnyIterator<[UInt8]> {
        var random = SplitMix(state: seed)
        var left = copies
        return AnyIterator {
            guard left > 0 else { return nil }
            left -= 1
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&bytes, &random) }
            return bytes
        }
    }

    private enum Kind: CaseIterable { case number, hole, repeated, inserted, swapped, zeroed, joined }

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard let kind = Kind.allCases.randomElement(using: &random) else { return }
        let range = place(in: bytes, &random)
        switch kind {
        case .number:
            let number = Self.number(&random)
            let end = Swift.min(bytes.count, range.lowerBound + number.count)
            bytes.replaceSubrange(range.lowerBound..<end, with: number)
        case .hole: bytes.removeSubrange(range)
        case .repeated: bytes.insert(contentsOf: bytes[range], at: range.upperBound)
        case .inserted:
            let new = range.map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.insert(contentsOf: new, at: range.lowerBound)
        case .swapped:
            let other = place(in: bytes, &random)
            let (first, second) = range.lowerBound < other.lowerBound ? (range, other) : (other, range)
            guard first.upperBound <= second.lowerBound else { return }
            let (a, b) = (Array(bytes[first]), Array(bytes[second]))
            bytes.replaceSubrange(second, with: a)
            bytes.replaceSubrange(first, with: b)
        case .zeroed: bytes.replaceSubrange(range, with: range.map { _ in 0 })
        case .joined: bytes += whole.prefix(range.upperBound)
        }
    }

    /// Up to 64 bytes; headers and directories, at the beginning and the end, as often as all the rest.
    private func place(in bytes: [UInt8], _ random: inout SplitMix) -> Range<Int> {
        let edge = Swift.min(512, bytes.count)
        let start =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: Int.random(in: 0...edge, using: &random)
            case 1: bytes.count - Int.random(in: 0...edge, using: &random)
            default: Int.random(in: 0...bytes.count, using: &random)
            }
        return start..<Swift.min(bytes.count, start + Int.random(in: 1...64, using: &random))
    }

    /// A size that breaks careless arithmetic, in a field of 1 to 8 bytes.
    private static func number(_ random: inout SplitMix) -> [UInt8] {
        let values: [UInt64] = [0, 1, .max, .max - 1, .max >> 1, .max >> 1 + 1, .max >> 8, 1 << 31, 1 << 20]
        let width = [1, 2, 4, 8][Int.random(in: 0..<4, using: &random)]
        let value = values[Int.random(in: 0..<values.count, using: &random)]
        let bytes = withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(width)) }
        return Bool.random(using: &random) ? bytes : bytes.reversed()
    }
}

/// Steele, Lea, Flood: SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A file of another suite's goldens.
func golden(_ name: String, of suite: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: tests.appendingPathComponent("\(suite)/Goldens/\(name)")))
}
