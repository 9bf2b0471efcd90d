import Graph
import Testing

/// JSON of others, read as values.
struct ParseJSONTests {
    private func parsed(_ text: String) throws -> Value { try Value.parsed(json: Array(text.utf8)) }

    @Test func values() throws {
        #expect(
            try parsed(
                #" {"a": [1, -2.5e3, true, false, null], "b\n\u00e9\ud83d\ude00": "x\/y", "big": 18446744073709551615} "#
            )
                == .map([
                    "a": .list([.integer(1), .number(-2500), .bool(true), .bool(false), .null]),
                    "b\né😀": .string("x/y"), "big": .integer(18_446_744_073_709_551_615),
                ])
        )
        guard case .number(let number) = try parsed("NaN") else { return #expect(Bool(false)) }
        #expect(number.isNaN)
    }

    @Test(arguments: [
        ("", "line 1, column 1: the text ends here"),
        ("{\"a\": 1,\n \"a\": 2}", "line 2, column 2: the key \"a\" comes twice"),
        ("[1, 2", "line 1, column 6: a comma or ] is expected"), ("[01]", "line 1, column 2: a value is expected"),
        ("[1] 2", "line 1, column 5: something follows the end"), ("\"a", "line 1, column 3: a text has no end"),
        ("\"\\q\"", "line 1, column 3: no such escape"), ("{1: 2}", "line 1, column 2: a key in quotes is expected"),
        ("\"\\u12g4\"", "line 1, column 4: four hexadecimal digits are expected"),
    ])
    func problemsAreLocated(text: String, problem: String) {
        do throws(JSONProblem) {
            let value = try Value.parsed(json: Array(text.utf8))
            Issue.record("\(value)")
        } catch {
            #expect("\(error)" == problem)
        }
    }

    @Test func depthAndNumberAreLimited() {
        func problem(_ text: String, most: Int = 1000) -> String? {
            do throws(JSONProblem) {
                _ = try Value.parsed(json: Array(text.utf8), most: most)
                return nil
            } catch {
                return "\(error)"
            }
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem(deep) == "line 1, column 66: lists and mappings lie more than 64 deep")
        #expect(problem("[1,2,3,4]", most: 4) == "line 1, column 8: there are too many values")
    }

    /// What is written as JSON is read back, whatever is in it; so it is by YAML, which has these as escapes alone.
    @Test func whatIsWrittenIsReadBack() throws {
        let text = Value.string("\u{0}\u{1B}\u{85}\u{9B}\u{2028}\u{202E}\u{FEFF}\"\\\n é 😀")
        #expect(text.json == #""\u0000\u001b\u0085\u009b\u2028\u202e\ufeff\"\\\n é 😀""#)
        #expect(try parsed(text.json) == text)
    }
}
