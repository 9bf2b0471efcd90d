import Checkpoints
import Foundation
import Testing

@Suite struct JSONSettingsTests {
    private struct Settings: Decodable, Equatable {
        let size: Double
    }

    @Test(arguments: [
        ("{\"size\": 2}", 2.0), ("{\"size\": Infinity}", .infinity), ("{\"size\": -Infinity}", -.infinity),
    ])
    func settingsAreReadAsPythonWritesThem(_ text: String, _ size: Double) throws {
        #expect(try JSONSettings.decode(Settings.self, from: Data(text.utf8)) == Settings(size: size))
    }

    /// Foundation's decoder stopped the program at the last of these.
    @Test(arguments: [
        (#"{"size": 1, "size": 2}"#, "the key \"size\" comes twice at byte 12"),
        ("{\"size\": 1} // twice", "there is more text after the end at byte 12"),
        ("{\"size\": [1,]}", "expected a value at byte 12"),
        ("{\"\":[],\"x\":{\"\":\"\",\"y\":.,", "expected a value at byte 22"),
    ])
    func othersAreRefused(_ text: String, _ reason: String) {
        for bytes in [Data(text.utf8), Data(text.utf8) + Data(repeating: 0xff, count: 8)] {
            let error = #expect(throws: DecodingError.self) { try JSONSettings.decode(Settings.self, from: bytes) }
            guard case .dataCorrupted(let context) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(context.debugDescription == reason)
        }
    }

    @Test func whatIsNotUTF8IsAnError() {
        let text = Data(#"{"size": 1, ""#.utf8) + Data(repeating: 0xff, count: 8) + Data(#"": 1}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONSettings.decode(Settings.self, from: text) }
    }
}
