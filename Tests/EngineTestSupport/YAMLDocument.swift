import CYaml
import Foundation

/// A YAML document as JSON has it, by YAML 1.2's rules for plain scalars: another reader than the program's own.
public struct YAMLDocument {
    public struct NotRead: Error {}

    /// As `JSONSerialization` would give it.
    public let json: Any

    public init(_ text: String) throws {
        var parser = yaml_parser_t()
        var document = yaml_document_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw NotRead() }
        defer { yaml_parser_delete(&parser) }
        let bytes = Array(text.utf8)
        json = try bytes.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            guard yaml_parser_load(&parser, &document) == 1 else { throw NotRead() }
            defer { yaml_document_delete(&document) }
            guard let root = yaml_document_get_root_node(&document) else { throw NotRead() }
            return Self.value(root.pointee, &document)
        }
    }

    private static func value(_ node: yaml_node_t, _ document: inout yaml_document_t) -> Any {
        func at(_ index: Int32) -> Any {
            yaml_document_get_node(&document, index).map { value($0.pointee, &document) } ?? NSNull()
        }
        switch node.type {
        case YAML_SEQUENCE_NODE:
            let items = node.data.sequence.items
            return items.start.map { start in (0..<(items.top - start)).map { at(start[$0]) } } ?? []
        case YAML_MAPPING_NODE:
            let pairs = node.data.mapping.pairs
            var object: [String: Any] = [:]
            guard let start = pairs.start else { return object }
            for i in 0..<(pairs.top - start) { object["\(at(start[i].key))"] = at(start[i].value) }
            return object
        case YAML_SCALAR_NODE:
            let scalar = node.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self
            )
            return scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain(text) : text
        default: return NSNull()
        }
    }

    private static func plain(_ text: String) -> Any {
        switch text {
        case "", "~", "null": return NSNull()
        case "true", "false": return NSNumber(value: text == "true")
        default: break
        }
        if text.wholeMatch(of: /[-+]?(0|[1-9][0-9]*)/) != nil, let integer = Int(text) {
            return NSNumber(value: integer)
        }
        if text.wholeMatch(of: /[-+]?([0-9]+\.?|[0-9]*\.[0-9]+)([eE][-+]?[0-9]+)?/) != nil, let number = Double(text) {
            return NSNumber(value: number)
        }
        return text
    }
}
