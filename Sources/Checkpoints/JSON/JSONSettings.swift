import Foundation

/// Settings in a file of JSON as Python writes it: with Infinity and NaN, which JSON5 has and JSON lacks.
package enum JSONSettings {
    /// - Throws: `DecodingError`, and what the settings' own `init(from:)` throws.
    package static func decode<Settings: Decodable>(_ type: Settings.Type, from data: Data) throws -> Settings {
        // Foundation's reader takes the first of two equal keys and Python the last, and it stops the program at some texts
        // that are no UTF-8.
        do {
            try data.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes, withNonNumbers: true)
                try scanner.skipValue()
                try scanner.end()
            }
        } catch let fault as JSONFault {
            let place = "\(fault.reason) at byte \(fault.offset)"
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: place))
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do { return try decoder.decode(type, from: data) } catch DecodingError.dataCorrupted(let context)
            where context.codingPath.isEmpty && context.underlyingError == nil
        {
            // The text was read to its end: Foundation says no more of numbers that their type cannot hold.
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "a number is too large, or not whole where it has to be")
            )
        }
    }
}
