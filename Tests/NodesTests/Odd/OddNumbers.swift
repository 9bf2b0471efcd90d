import EngineTestSupport
import Foundation

/// A JSON text in which numbers can be replaced by what no one would write there.
struct OddNumbers {
    private struct Place {
        let range: Range<Int>
        /// Where the number's key begins, if it has one of its own.
        let key: Range<Int>?
    }

    private var bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Replaces up to `count` numbers.
    mutating func change(_ count: Int, _ random: inout SplitMix) {
        for _ in 0..<count {
            guard let place = random.pick(places) else { return }
            let old = String(decoding: bytes[place.range], as: UTF8.self)
            var new = Self.odd(instead: old, &random)
            if let key = place.key, random.once(in: 8) {
                // The key twice: the odd value first or last.
                let name = String(decoding: bytes[key], as: UTF8.self)
                new = random.once(in: 2) ? "\(new), \(name): \(old)" : "\(old), \(name): \(new)"
            }
            bytes.replaceSubrange(place.range, with: Array(new.utf8))
        }
    }

    /// Adds a setting to the outermost object.
    mutating func add(_ key: String, _ random: inout SplitMix) {
        guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { return }
        let rest = bytes[(brace + 1)...].first { !" \n\t\r".utf8.contains($0) } == UInt8(ascii: "}") ? "" : ","
        let member = "\"\(key)\": \(Self.odd(instead: "\(random.int(in: 1...8))", &random))\(rest)"
        bytes.insert(contentsOf: Array(member.utf8), at: brace + 1)
    }

    private static func odd(instead old: String, _ random: inout SplitMix) -> String {
        let number = Double(old) ?? 1
        let whole = Int(exactly: number)
        let others = [
            "0", "-1", "1", "2", "3", "-9223372036854775808", "9223372036854775807", "1e39", "-1e39", "1e-39", "1e-12",
            "0.5",
            "1.0", "65536", "65537", "1048576", "2147483648", "[]", "[1]", "[1, 2, 3]", "null", "\"text\"", "true",
            "{}", "NaN",
            "Infinity", "-0.0",
        ]
        let near = whole.map { ["\($0 &* 2)", "\($0 &+ 1)", "\($0 &- 1)", "\($0 / 2)", "\(0 &- $0)", "\($0).0"] }
        return random.pick(others + (near ?? ["\(number * 2)", "\(-number)", "\(number / 1e6)"])) ?? "0"
    }

    /// All numbers outside strings.
    private var places: [Place] {
        var places: [Place] = []
        var (i, lastString, key): (Int, Range<Int>?, Range<Int>?) = (0, nil, nil)
        let digits = Set("+-.0123456789eE".utf8)
        while i < bytes.count {
            switch bytes[i] {
            case UInt8(ascii: "\""):
                let start = i
                i += 1
                while i < bytes.count, bytes[i] != UInt8(ascii: "\"") { i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1 }
                i = min(i + 1, bytes.count)
                lastString = start..<i
            case UInt8(ascii: ":"):
                key = lastString
                i += 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = i
                while i < bytes.count, digits.contains(bytes[i]) { i += 1 }
                places.append(Place(range: start..<i, key: key))
            case UInt8(ascii: "["), UInt8(ascii: ","):
                key = nil
                i += 1
            default: i += 1
            }
        }
        return places
    }
}
