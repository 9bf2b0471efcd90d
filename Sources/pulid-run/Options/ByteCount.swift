import ArgumentParser
import Foundation

/// A number of bytes as people write it: `8GB`, `500 MB`, `1.5GiB`, `4096`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let text = argument.filter { $0 != " " }.uppercased()
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let units = [
            "": 1.0, "B": 1, "K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9, "T": 1e12, "TB": 1e12,
            "KIB": 1024, "MIB": 1_048_576, "GIB": 1_073_741_824, "TIB": 1_099_511_627_776,
        ]
        guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))],
            let bytes = Int(exactly: (number * unit).rounded())
        else { return nil }
        self.bytes = bytes
    }

    var description: String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: String(format: "%.1f kB", Double(bytes) / 1e3)
        case ..<1_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
        default: String(format: "%.2f GB", Double(bytes) / 1e9)
        }
    }
}
