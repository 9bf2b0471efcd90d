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

    /// Foundation's decoder stopped the program at these bytes.
    @Test func whatIsNotUTF8IsAnError() {
        let text = Data(#"{"":[],"":{"":"","":0,"":1,"":"","":.,"#.utf8) + Data(repeating: 0xff, count: 8)
        let error = #expect(throws: DecodingError.self) { try JSONSettings.decode(Settings.self, from: text) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription == "It is not UTF-8.")
    }
}
