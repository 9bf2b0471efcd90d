import Foundation

/// Settings in a file of JSON as Python writes it: with Infinity and NaN, which JSON5 has and JSON lacks.
package enum JSONSettings {
    /// - Throws: `DecodingError`, and what the settings' own `init(from:)` throws.
    package static func decode<Settings: Decodable>(_ type: Settings.Type, from data: Data) throws -> Settings {
        // Foundation's reader of JSON5 stops the program at some texts that are no UTF-8.
        guard String(validating: data, as: UTF8.self) != nil else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "It is not UTF-8."))
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        return try decoder.decode(type, from: data)
    }
}
