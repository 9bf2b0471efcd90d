import Runner
import Testing

@Suite struct TextColumnsTests {
    @Test func columnsLineUp() {
        let rows = [["a", "1", "x"], ["long", "12", "name"], ["b", "3"], ["as long as it likes"], []]
        #expect(
            TextColumns(rows, right: [1]).description == """
                a      1  x
                long  12  name
                b      3
                as long as it likes


                """
        )
        #expect(TextColumns([]).description == "")
    }
}
