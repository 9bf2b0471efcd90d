import EngineTestSupport
import Foundation
import Graph
import NodeReference
import Testing

/// What is generated from the nodes' declarations.
@Suite struct NodeReferenceTests {
    private let registry = NodeRegistry([Scale.self, Table.self])

    @Test func markdown() {
        #expect(
            NodesMarkdown(registry).text == """
                # Nodes

                Made from the nodes' declarations by `pulid-run nodes --markdown`; a test fails when it is out of date.
                An input takes a reference such as `$face`; a parameter takes a value, or a template such as `${seed}`.

                - [`scale`](#scale): Multiplies a number by a factor.
                - [`table`](#table): Lists a sweep of numbers with their axis values; what is missing is a blank.

                ## scale

                Multiplies a number by a factor.

                Gives: number, written as .txt, with the fields `value`.

                | input | takes | |
                |---|---|---|
                | `input` | number | the number |

                | parameter | takes | default | |
                |---|---|---|---|
                | `factor` | a number from -1000 to 1000 | `2.0` | what to multiply by |
                | `rounding` | one of exact, nearest, down | `exact` | how to round |

                ## table

                Lists a sweep of numbers with their axis values; what is missing is a blank.

                Gives: text, written as .txt .md.

                | input | takes | |
                |---|---|---|
                | `numbers` | sweep: number | the numbers |

                | parameter | takes | default | |
                |---|---|---|---|
                | `rows` | the name of an axis | `none` | the axis whose values begin the lines |

                """
        )
    }

    @Test func manual() {
        #expect(
            NodeSchema(Scale.self).manual == """
                scale: Multiplies a number by a factor.
                gives: number

                inputs
                  input  number  the number

                parameters
                  factor    a number from -1000 to 1000  what to multiply by (default 2.0)
                  rounding  one of exact, nearest, down  how to round (default exact)

                """
        )
    }

    @Test func theJSONSchemaIsJSONAndNamesEveryPort() throws {
        let text = JSONSchema(.toys).text
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(schema["definitions"] as? [String: Any])
        for node in NodeRegistry.toys.all {
            let definition = try #require(definitions[node.name] as? [String: Any])
            let properties = try #require(definition["properties"] as? [String: Any])
            #expect(Set(properties.keys) == Set(["uses"] + node.inputs.map(\.name) + node.parameters.map(\.name)))
        }
        let factor =
            try #require(
                (definitions["scale"] as? [String: Any])?["properties"] as? [String: Any]
            )["factor"] as? [String: Any]
        let forms = try #require(factor?["anyOf"] as? [[String: Any]])
        #expect(forms[0]["minimum"] as? Int == -1000)
        #expect(forms[0]["type"] as? [String] == ["number", "string"])
        #expect(forms[0]["pattern"] as? String == "^[-+]?[0-9.]+/[0-9.]+$")
        #expect(forms[1]["$ref"] as? String == "#/definitions/template")
        let scale = try #require(definitions["scale"] as? [String: Any])
        #expect(scale["required"] as? [String] == ["uses", "input"])
    }

    @Test func anInputOfAnyNumberMayBeLeftOut() throws {
        let page = NodesMarkdown(NodeRegistry([Sum.self])).text
        #expect(page.contains("\n| `of` | any number: number | the numbers |\n"))
        let text = JSONSchema(NodeRegistry([Sum.self])).text
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let sum = try #require((schema["definitions"] as? [String: Any])?["sum"] as? [String: Any])
        #expect(sum["required"] as? [String] == ["uses"])
        let input = (sum["properties"] as? [String: Any])?["of"] as? [String: Any]
        #expect((input?["anyOf"] as? [[String: Any]])?.count == 2, "one reference, or a list of them")
    }
}
