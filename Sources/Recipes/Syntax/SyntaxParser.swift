import CYaml
import Graph

/// Reads YAML into a located tree through libyaml's events. Recipes use a part of YAML: one document, no tags, no
/// merge keys, scalar keys; and within limits that no honest recipe meets.
struct SyntaxParser {
    static let deepestNesting = 64
    static let mostEvents = 100_000
    static let mostAliases = 100
    /// Nodes that aliases may repeat, all together.
    static let largestExpansion = 10_000

    let source: SourceText
    let diagnostics: DiagnosticCollector
    /// Where everything is said to be, for text that is no file: a value on the command line.
    var fixedLocation: SourceLocation?

    /// The document's root; nil when problems were reported instead.
    func parse() -> SyntaxNode? {
        guard TextCheck(source: source, diagnostics: diagnostics).passes() else { return nil }
        // libyaml keeps a pointer to its own parser, so the parser must not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            diagnostics.error("out of memory while reading", at: start)
            return nil
        }
        defer { yaml_parser_delete(parser) }
        return source.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                diagnostics.error("the recipe is empty", at: start, hint: "see `recipes/` for examples")
                return nil
            }
            yaml_parser_set_input_string(parser, base, bytes.count)
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            return tree(parser)
        }
    }

    private var start: SourceLocation { fixedLocation ?? SourceLocation(file: source.name, line: 0, column: 0) }

    private func tree(_ parser: UnsafeMutablePointer<yaml_parser_t>) -> SyntaxNode? {
        var builder = TreeBuilder(diagnostics: diagnostics)
        for _ in 0..<Self.mostEvents {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else {
                diagnostics.report(
                    SyntaxProblem(parser.pointee, in: source, fixedLocation: fixedLocation).diagnostic
                )
                return nil
            }
            defer { yaml_event_delete(&event) }
            let location = span(event)
            switch event.type {
            case YAML_DOCUMENT_START_EVENT:
                guard builder.root == nil else {
                    diagnostics.error(
                        "a recipe is one document, and here a second one begins",
                        at: location,
                        hint: "put it into a file of its own, or delete the `---`"
                    )
                    return nil
                }
                guard event.data.document_start.version_directive == nil,
                    event.data.document_start.tag_directives.start == event.data.document_start.tag_directives.end
                else {
                    diagnostics.error(
                        "directives (`%…`) are not used in recipes",
                        at: location,
                        hint: "delete the line"
                    )
                    return nil
                }
            case YAML_STREAM_END_EVENT:
                guard let root = builder.root else {
                    diagnostics.error("the recipe is empty", at: start, hint: "see `recipes/` for examples")
                    return nil
                }
                return builder.isDamaged ? nil : root
            case YAML_SCALAR_EVENT:
                let data = event.data.scalar
                builder.checkTag(data.tag, at: location)
                builder.scalar(scalar(event, at: location), anchor: text(data.anchor))
            case YAML_SEQUENCE_START_EVENT:
                builder.checkTag(event.data.sequence_start.tag, at: location)
                builder.open(.sequence, anchor: text(event.data.sequence_start.anchor), at: location)
            case YAML_MAPPING_START_EVENT:
                builder.checkTag(event.data.mapping_start.tag, at: location)
                builder.open(.mapping, anchor: text(event.data.mapping_start.anchor), at: location)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: builder.close(at: location)
            case YAML_ALIAS_EVENT: builder.alias(text(event.data.alias.anchor) ?? "", at: location)
            default: break
            }
            if builder.mustStop { return nil }
        }
        diagnostics.error(
            "the recipe has more than \(Self.mostEvents) keys and values",
            at: start,
            hint: "use a range such as {from: 1, to: 1000}, or split the recipe with `include:`"
        )
        return nil
    }

    /// From the event's start to its end, or to the end of its first line.
    private func span(_ event: yaml_event_t) -> SourceLocation {
        if let fixedLocation { return fixedLocation }
        let (from, to) = (event.start_mark, event.end_mark)
        return SourceLocation(
            file: source.name,
            line: Int(from.line) + 1,
            column: Int(from.column) + 1,
            length: from.line == to.line && to.column > from.column ? Int(to.column - from.column) : 1
        )
    }

    private func scalar(_ event: yaml_event_t, at location: SourceLocation) -> Scalar {
        let data = event.data.scalar
        let text = String(
            decoding: UnsafeBufferPointer(start: data.value, count: data.value == nil ? 0 : data.length),
            as: UTF8.self
        )
        let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE
        let isBlock = data.style == YAML_LITERAL_SCALAR_STYLE || data.style == YAML_FOLDED_SCALAR_STYLE
        let quotes = isPlain ? 0 : 2
        let isVerbatim =
            !isBlock && event.start_mark.line == event.end_mark.line && location.length >= quotes
            && location.length - quotes == text.unicodeScalars.count
        return Scalar(
            text: text,
            isPlain: isPlain,
            location: location,
            textOffset: isVerbatim ? quotes / 2 : nil
        )
    }

    private func text(_ name: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        name.map { String(decodingCString: UnsafePointer($0), as: UTF8.self) }
    }
}
