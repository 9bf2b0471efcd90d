import Graph
import Testing

@Suite struct JSONTests {
    @Test func jsonEscapesWhatMustBe() {
        let value = Value.map([
            "b": .list([.null, .bool(true), .integer(Int128(UInt64.max)), .number(0.5), .number(.nan), .number(.infinity)]),
            "a\"": .string("tab\tline\nbell\u{7} \u{1F600}"),
        ])
        #expect(
            value.json
                == #"{"a\"": "tab\tline\nbell\u0007 😀", "b": [null, true, 18446744073709551615, 0.5, null, 1.7976931348623157e+308]}"#
        )
    }
}
