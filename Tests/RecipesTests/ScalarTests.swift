import Graph
import Testing

/// What unquoted and quoted scalars mean.
struct ScalarTests {
    static let plain: [(String, Value)] = [
        ("true", .bool(true)), ("false", .bool(false)), ("null", .null), ("~", .null), ("", .null),
        ("0", .integer(0)), ("-1", .integer(-1)), ("+7", .integer(7)), ("42", .integer(42)),
        ("18446744073709551615", .integer(18_446_744_073_709_551_615)),
        ("0.8", .number(0.8)), ("-1.5e3", .number(-1500)), ("1e-5", .number(1e-5)), (".5", .number(0.5)),
        ("5.", .number(5)), ("1E+2", .number(100)), ("1.0", .number(1)),
        ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("off", .string("off")),
        ("True", .string("True")), ("TRUE", .string("TRUE")), ("Null", .string("Null")), ("y", .string("y")),
        ("1_000", .string("1_000")), ("0x10", .string("0x10")), ("0o7", .string("0o7")), ("007", .string("007")),
        ("00", .string("00")), ("01.5", .string("01.5")), ("1:30", .string("1:30")), (".inf", .string(".inf")),
        (".nan", .string(".nan")), ("2024-01-31", .string("2024-01-31")), ("1e", .string("1e")),
        ("e5", .string("e5")), ("+", .string("+")), (".", .string(".")), ("1.2.3", .string("1.2.3")),
        ("1,5", .string("1,5")), ("a # b", .string("a")), ("a#b", .string("a#b")), ("-", .string("-")),
    ]

    @Test("plain scalars", arguments: plain)
    func plainScalar(text: String, expected: Value) throws {
        // A lone `-` begins a list in a block, so it is tried in braces.
        let recipe = text == "-" ? "params: {x: \"-\"}" : "params:\n  x: \(text)"
        #expect(try load(recipe).graph.parameters["x"] == expected)
    }

    @Test("quoted scalars and blocks are text", arguments: ["'7'", "\"7\"", "|-\n    7", ">-\n    7"])
    func quotedScalar(text: String) throws {
        #expect(try load("params:\n  x: \(text)").graph.parameters["x"] == .string("7"))
    }

    @Test("lists and mappings keep the types of what they hold")
    func nested() throws {
        let recipe = try load("params:\n  x: [1, '1', [true, null], {a: 0.5, b: yes}]")
        #expect(
            recipe.graph.parameters["x"]
                == .list([
                    .integer(1), .string("1"), .list([.bool(true), .null]),
                    .map(["a": .number(0.5), "b": .string("yes")]),
                ])
        )
    }

    @Test("a byte order mark and every line ending are accepted", arguments: ["\n", "\r\n", "\r"])
    func lineEndings(end: String) throws {
        let recipe = ["\u{FEFF}recipe: ends", "params:", "  x: 1", "  # a comment", "  y: b"].joined(separator: end)
        let graph = try load(recipe).graph
        #expect(graph.name == "ends")
        #expect(graph.parameters == ["x": .integer(1), "y": .string("b")])
    }

    @Test("anchors and aliases")
    func aliases() throws {
        let graph = try load("params: {a: &list [1, 2], b: *list, c: &word yes, d: [*word, *list]}").graph
        #expect(graph.parameters["b"] == .list([.integer(1), .integer(2)]))
        #expect(graph.parameters["d"] == .list([.string("yes"), .list([.integer(1), .integer(2)])]))
    }

    @Test("`$$` is a dollar, and a value that is only `${name}` keeps its type")
    func insertion() throws {
        let recipe = try load(
            """
            params: {price: 5, half: 0.5, name: "7", tax: $$9}
            nodes:
              a: {uses: caption, text: "${name}"}
              b: {uses: caption, text: "$$${price} or ${half}, ${tax}"}
              n: {uses: constant, value: "${price}"}
            outputs: {a.txt: $a, b.txt: "$b", n.txt: '$n'}
            """
        )
        #expect(recipe.values(of: "text", in: "a") == [.string("7")])
        #expect(recipe.values(of: "text", in: "b") == [.string("$5 or 0.5, $9")])
        #expect(recipe.values(of: "value", in: "n") == [.number(5)])
    }
}
