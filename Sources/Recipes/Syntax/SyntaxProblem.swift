import CYaml
import Graph

/// Puts libyaml's complaint into the words of someone who writes recipes.
struct SyntaxProblem {
    private let problem: String
    private let context: String
    private let location: SourceLocation
    private let contextLocation: SourceLocation?
    /// The line's text from the problem on, and all of the line.
    private let rest: Substring
    private let line: String

    init(_ parser: yaml_parser_t, in source: SourceText, fixedLocation: SourceLocation?) {
        func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        problem = text(parser.problem)
        context = text(parser.context)
        let mark = parser.problem_mark
        let lines = source.lines
        let index = min(Int(mark.line), lines.count - 1)
        line = String(decoding: lines[index], as: UTF8.self)
        let scalars = line.unicodeScalars
        let column = min(Int(mark.line) > index ? scalars.count : Int(mark.column), scalars.count)
        rest = line[scalars.index(scalars.startIndex, offsetBy: column)...]
        location =
            fixedLocation ?? SourceLocation(file: source.name, line: index + 1, column: column + 1)
        let isElsewhere = parser.context != nil && parser.context_mark.line != mark.line
        contextLocation =
            isElsewhere
            ? fixedLocation
                ?? SourceLocation(
                    file: source.name,
                    line: Int(parser.context_mark.line) + 1,
                    column: Int(parser.context_mark.column) + 1
                )
            : nil
    }

    var diagnostic: Diagnostic {
        let (message, note, hint) = wording
        let notes = contextLocation.flatMap { location in note.map { [Diagnostic.Note($0, at: location)] } } ?? []
        let opening = problem == "found unexpected end of stream" ? contextLocation : nil
        return Diagnostic(.error, message, at: opening ?? location, notes: notes, hint: hint)
    }

    private var wording: (message: String, note: String?, hint: String?) {
        switch problem {
        case "found character that cannot start any token":
            if rest.hasPrefix("\t") { return ("a tab cannot indent YAML", nil, "use spaces") }
            let character = rest.first.map(String.init) ?? ""
            return ("a value cannot begin with \(code(character))", nil, "put the value in quotes")
        case "mapping values are not allowed in this context":
            return ("a `: ` inside a value", nil, "put the value in quotes, or check the indentation")
        case "did not find expected key", "did not find expected '-' indicator":
            let kind = context.contains("sequence") ? "list" : "mapping"
            return (
                "this does not belong to the \(kind) around it", "the \(kind) begins here",
                rest.hasPrefix("\t") ? "indent with spaces, not tabs" : "check the indentation"
            )
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            let closer = problem.hasSuffix("']'") ? "]" : "}"
            return ("expected `,` or `\(closer)` here", "the bracket is opened here", flowHint)
        case "did not find expected alphabetic or numeric character":
            let sign = line.dropLast(rest.count).last.map(String.init) ?? "*"
            return ("a value cannot begin with \(code(sign))", nil, "put the value in quotes, such as `\"*.jpg\"`")
        case "did not find expected node content":
            return ("a value is missing before this", nil, flowHint ?? "write `null` for nothing")
        case "could not find expected ':'":
            return ("expected `key: value` or a list item `- value`", nil, "a `:` needs a space after it")
        case "found unexpected end of stream":
            return ("these quotes are never closed", nil, nil)
        case "found unexpected document indicator":
            return ("`---` or `...` inside quotes", "the quotes are opened here", "close the quotes")
        case "block sequence entries are not allowed in this context":
            return ("a list cannot begin here", nil, "begin it on the next line, or write `[a, b]`")
        case "found unknown escape character":
            return (
                "there is no such escape in double quotes", nil, "write `\\\\` for a backslash, or use single quotes"
            )
        case "did not find expected <document start>":
            return ("this does not belong to the recipe above it", nil, "check the indentation")
        default: return (problem.isEmpty ? "this is not YAML" : problem, context.isEmpty ? nil : context, nil)
        }
    }

    /// `[$a[*]]` and `{x: ${y}}` end a plain scalar in the middle.
    private var flowHint: String? {
        let needsQuotes = line.contains("${") || line.contains("[*]") || (line.contains("$") && line.contains("="))
        if needsQuotes { return "inside `[ ]` and `{ }`, put `${name}` and `$node[*]` in quotes" }
        let isWithinText = rest.hasPrefix("[") || rest.hasPrefix("{")
        return isWithinText ? "inside `[ ]` and `{ }`, put a text that has brackets or braces itself in quotes" : nil
    }
}
