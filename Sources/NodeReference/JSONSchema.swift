import Graph

/// The JSON Schema of recipes that use the nodes of a registry, for editors that complete and check YAML.
///
/// Draft 7, which yaml-language-server and VS Code understand. A reference (`$face`) or a template (`${seed}`) may stand
/// for any value; what they mean is the checker's business.
public struct JSONSchema {
    private let registry: NodeRegistry

    public init(_ registry: NodeRegistry) { self.registry = registry }

    public var text: String { value.prettyJSON() + "\n" }

    var value: Value {
        let definitions = registry.all.map { ($0.name, node($0)) } + [("node", anyNode), ("template", Self.template)]
        return object([
            "$schema": .string("http://json-schema.org/draft-07/schema#"),
            "title": .string("pulid-run recipe"),
            "type": .string("object"),
            "additionalProperties": .bool(false),
            "properties": object([
                "recipe": described(Self.text, "the recipe's name; outputs go to out/<name>/"),
                "description": described(Self.text, "what it is for, in one sentence"),
                "include": described(
                    oneOrMany([Self.text, object(["type": .string("object")])]),
                    "other recipes to merge, by relative path; or cells to add to the sweep"
                ),
                "params": described(map(of: .bool(true)), "values with their defaults, for --set and ${name}"),
                "axes": described(map(of: axis), "sweep axes: a node that depends on one runs once for each value"),
                "zip": described(
                    array(of: .bool(true)),
                    "axes that go together, value by value, instead of as a product"
                ),
                "exclude": described(array(of: object(["type": .string("object")])), "cells to leave out of the sweep"),
                "nodes": described(map(of: reference("node")), "the steps, by name"),
                "outputs": described(map(of: Self.text), "file names under the output folder, and what goes into them"),
                "expect": described(array(of: Self.text), "conditions such as $score.id_similarity >= 0.5"),
            ]),
            "definitions": .map(Dictionary(definitions, uniquingKeysWith: { first, _ in first })),
        ])
    }

    // MARK: - Nodes

    private var anyNode: Value {
        let kinds = registry.all.map { schema in
            object([
                "if": object(["properties": object(["uses": object(["const": .string(schema.name)])])]),
                "then": reference(schema.name),
            ])
        }
        return object([
            "type": .string("object"),
            "required": strings(["uses"]),
            "properties": object(["uses": object(["enum": strings(registry.names)])]),
            "allOf": .list(kinds),
        ])
    }

    private func node(_ schema: NodeSchema) -> Value {
        var properties: [String: Value] = ["uses": object(["const": .string(schema.name)])]
        for input in schema.inputs { properties[input.name] = described(self.input(input), input.help) }
        for parameter in schema.parameters { properties[parameter.name] = self.parameter(parameter) }
        let required =
            schema.inputs.filter(\.isRequired).map(\.name) + schema.parameters.filter(\.isRequired).map(\.name)
        return object([
            "type": .string("object"),
            "description": .string(schema.help),
            "required": strings(["uses"] + required),
            "additionalProperties": .bool(false),
            "properties": .map(properties),
        ])
    }

    private func input(_ input: NodeSchema.Input) -> Value {
        switch input.arity {
        case .one, .optional, .gathered: Self.text
        case .list, .anyNumber: oneOrMany([Self.text])
        }
    }

    private func parameter(_ parameter: NodeSchema.Parameter) -> Value {
        var form = self.form(parameter.form)
        if let range = parameter.range, case .map(var fields) = form {
            // Of a fraction a schema cannot tell.
            if range.lowerBound.isFinite { fields["minimum"] = Self.bound(range.lowerBound) }
            if range.upperBound.isFinite { fields["maximum"] = Self.bound(range.upperBound) }
            form = .map(fields)
        }
        var fields: [String: Value] = [
            "description": .string(parameter.help), "anyOf": .list([form, reference("template")]),
        ]
        if let value = parameter.defaultValue, value != .null { fields["default"] = value }
        return .map(fields)
    }

    private func form(_ form: ParameterForm) -> Value {
        switch form {
        case .integer: object(["type": .string("integer")])
        case .number: Self.number
        case .boolean: object(["type": .string("boolean")])
        case .text: object(["type": strings(["string", "number", "boolean"])])
        case .choice(let choices, let others):
            object(["enum": strings(choices + others.taken.keys.sorted())])
        case .file, .path, .axis: Self.text
        case .list(let item): array(of: object(["anyOf": .list([self.form(item), reference("template")])]))
        case .optional(let wrapped):
            object(["anyOf": .list([self.form(wrapped), object(["type": .string("null")])])])
        case .map(let value):
            object([
                "type": .string("object"),
                "additionalProperties": object(["anyOf": .list([self.form(value), reference("template")])]),
            ])
        case .oneOf(let forms): object(["anyOf": .list(forms.map { self.form($0) })])
        case .object(let fields):
            object([
                "type": .string("object"),
                "required": strings(fields.filter { $0.defaultValue == nil }.map(\.name)),
                "additionalProperties": .bool(false),
                "properties": .map(
                    Dictionary(
                        fields.map { field in
                            let form = object(["anyOf": .list([self.form(field.form), reference("template")])])
                            return (field.name, described(form, field.help))
                        },
                        uniquingKeysWith: { first, _ in first }
                    )
                ),
            ])
        }
    }

    // MARK: - Pieces

    private static let text = Value.map(["type": .string("string")])
    /// A number, or a fraction such as `1/255`.
    private static let number = Value.map([
        "type": .list([.string("number"), .string("string")]), "pattern": .string("^[-+]?[0-9.]+/[0-9.]+$"),
    ])
    /// A whole reference, or text with a parameter or axis value in it.
    private static let template = Value.map(["type": .string("string"), "pattern": .string("\\$")])

    private var axis: Value {
        let range = axisForm(["from", "to"], optional: ["step"], each: .bool(true))
        let listed = [
            axisForm(["files"], each: oneOrMany([Self.text])), axisForm(["lines"], each: Self.text),
            axisForm(["csv"], optional: ["column"], each: Self.text),
        ]
        return object(["anyOf": .list([array(of: .bool(true)), range] + listed + [reference("template")])])
    }

    private func axisForm(_ required: [String], optional: [String] = [], each value: Value) -> Value {
        object([
            "type": .string("object"),
            "required": strings(required),
            "additionalProperties": .bool(false),
            "properties": .map(
                Dictionary((required + optional).map { ($0, value) }, uniquingKeysWith: { first, _ in first })
            ),
        ])
    }

    /// Whole numbers without a point, as recipes write them.
    private static func bound(_ number: Double) -> Value {
        Int128(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private func reference(_ name: String) -> Value { object(["$ref": .string("#/definitions/\(name)")]) }
    private func array(of items: Value) -> Value { object(["type": .string("array"), "items": items]) }
    private func map(of value: Value) -> Value {
        object(["type": .string("object"), "additionalProperties": value])
    }
    private func oneOrMany(_ forms: [Value]) -> Value {
        object(["anyOf": .list(forms + [array(of: object(["anyOf": .list(forms)]))])])
    }
    private func strings(_ texts: [String]) -> Value { .list(texts.map { .string($0) }) }
    private func object(_ fields: [String: Value]) -> Value { .map(fields) }

    private func described(_ value: Value, _ text: String) -> Value {
        guard case .map(var fields) = value else { return value }
        fields["description"] = .string(text)
        return .map(fields)
    }
}
