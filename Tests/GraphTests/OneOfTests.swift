import Graph
import Testing

/// In which of several forms a value is taken.
@Suite struct OneOfTests {
    private func taken(_ value: Value, _ forms: ParameterForm...) -> ParameterForm? {
        ParameterForm.taken(by: value, among: forms)
    }

    @Test func aChoiceThatHoldsTheWordGoesBeforeAFileOfThatName() {
        #expect(taken(.string("off"), .file, .choice(["off", "auto"])) == .choice(["off", "auto"]))
        #expect(taken(.string("on"), .file, .choice(["off", "auto"])) == .file)
        #expect(
            taken(.string("on"), .choice(["off", "auto"])) == .choice(["off", "auto"]),
            "so that it can be refused"
        )
    }

    @Test func theFirstThatFitsAsAWhole() {
        #expect(taken(.list([.string("a.png")]), .list(.integer), .list(.file)) == .list(.file))
        #expect(taken(.list([.integer(1), .number(2.5)]), .list(.integer), .list(.number)) == .list(.number))
        #expect(
            taken(.list([.bool(true)]), .list(.integer), .list(.number)) == .list(.integer),
            "none fits: the first list"
        )
        #expect(taken(.null, .integer, .optional(.file)) == .optional(.file))
        #expect(
            taken(.string("x"), .oneOf([.integer, .boolean]), .oneOf([.integer, .text])) == .oneOf([.integer, .text])
        )
        let (box, ball) = (
            ParameterForm.object([ParameterField("side", .number, help: "")]),
            ParameterForm.object([ParameterField("radius", .number, help: "")])
        )
        #expect(taken(.map(["radius": .integer(1)]), box, ball) == ball)
        #expect(taken(.map(["radius": .string("wide")]), box, ball) == box, "neither fits: the first mapping")
    }

    @Test func whatIsOfNoTypeIsTakenInNone() {
        #expect(taken(.bool(true), .integer, .file, .list(.boolean)) == nil)
        #expect(taken(.null, .integer) == nil)
    }
}
