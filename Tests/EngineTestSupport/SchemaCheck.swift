import Foundation

/// Checks JSON against a JSON Schema of draft 7, as far as the project's schemas go: a keyword that it does not know is a
/// problem of the schema, never passed over.
public struct SchemaCheck {
    private let root: [String: Any]

    /// - Parameter schema: its text.
    public init(schema: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any] ?? [:]
    }

    /// What is wrong with a document, each with its place; nothing if it agrees with the schema.
    public func problems(json: String) throws -> [String] {
        problems(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed))
    }

    public func problems(_ value: Any) -> [String] { problems(value, root, at: "") }

    private func problems(_ value: Any, _ schema: Any, at place: String) -> [String] {
        if let allowed = schema as? Bool { return allowed ? [] : ["\(place): nothing may be here"] }
        guard let schema = schema as? [String: Any] else { return ["\(place): this is no schema"] }
        return schema.flatMap { keyword, rule in
            problems(value, keyword, rule, schema, at: place)
        }
    }

    private func problems(
        _ value: Any,
        _ keyword: String,
        _ rule: Any,
        _ schema: [String: Any],
        at place: String
    ) -> [String] {
        let object = value as? [String: Any]
        switch keyword {
        case "$schema", "title", "description", "default", "definitions", "then": return []
        case "$ref":
            let name = (rule as? String)?.split(separator: "/").last.map(String.init) ?? ""
            guard let target = (root["definitions"] as? [String: Any])?[name] else { return ["no definition \(name)"] }
            return problems(value, target, at: place)
        case "type":
            let types = rule as? [String] ?? [rule as? String ?? ""]
            let isRight = types.contains { Self.isOf(type: $0, value) }
            return isRight ? [] : ["\(place): is no \(types.joined(separator: " or "))"]
        case "const": return Self.areEqual(value, rule) ? [] : ["\(place): is not \(rule)"]
        case "enum":
            return (rule as? [Any] ?? []).contains { Self.areEqual(value, $0) }
                ? [] : ["\(place): is none of the values"]
        case "pattern":
            guard let text = value as? String, let pattern = rule as? String else { return [] }
            return text.range(of: pattern, options: .regularExpression) != nil ? [] : ["\(place): not as \(pattern)"]
        case "minimum":
            guard let number = value as? Double, let least = rule as? Double else { return [] }
            return number >= least ? [] : ["\(place): below \(least)"]
        case "maximum":
            guard let number = value as? Double, let most = rule as? Double else { return [] }
            return number <= most ? [] : ["\(place): above \(most)"]
        case "required":
            guard let object else { return [] }
            return (rule as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): lacks \($0)" }
        case "properties":
            guard let object, let properties = rule as? [String: Any] else { return [] }
            return properties.flatMap { name, rule in
                object[name].map { problems($0, rule, at: "\(place)/\(name)") } ?? []
            }
        case "additionalProperties":
            guard let object else { return [] }
            let known = schema["properties"] as? [String: Any] ?? [:]
            return object.filter { known[$0.key] == nil }.flatMap { problems($1, rule, at: "\(place)/\($0)") }
        case "items":
            return (value as? [Any] ?? []).enumerated().flatMap { problems($1, rule, at: "\(place)/\($0)") }
        case "allOf":
            return (rule as? [Any] ?? []).flatMap { problems(value, $0, at: place) }
        case "anyOf", "oneOf":
            let all = (rule as? [Any] ?? []).map { problems(value, $0, at: place) }
            let fitting = all.count { $0.isEmpty }
            if keyword == "anyOf" ? fitting > 0 : fitting == 1 { return [] }
            return ["\(place): fits \(fitting) of \(all.count) forms"] + (all.min { $0.count < $1.count } ?? [])
        case "if":
            guard problems(value, rule, at: place).isEmpty, let then = schema["then"] else { return [] }
            return problems(value, then, at: place)
        default: return ["the schema has \(keyword), which is not checked"]
        }
    }

    private static func isOf(type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "boolean": isBoolean(value)
        case "number": value is NSNumber && !isBoolean(value)
        case "integer": !isBoolean(value) && (value as? Double).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    private static func isBoolean(_ value: Any) -> Bool {
        (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
    }

    private static func areEqual(_ a: Any, _ b: Any) -> Bool {
        if let a = a as? String { return a == b as? String }
        return isBoolean(a) == isBoolean(b) && (a as? NSNumber) == (b as? NSNumber)
    }
}
