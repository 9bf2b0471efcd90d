import Graph

/// One `--set NAME=VALUE` of the command line.
struct Setting {
    let name: String
    let text: String
    /// The command line; it has no line and column.
    let location: SourceLocation

    /// The settings by name; of several for one name the last counts.
    static func read(_ arguments: [String], diagnostics: DiagnosticCollector) -> [String: Setting] {
        var settings: [String: Setting] = [:]
        for argument in arguments {
            let location = SourceLocation(file: "--set \(argument)", line: 0, column: 0)
            guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
                diagnostics.error("expected NAME=VALUE", at: location, hint: "such as `--set id_scale=0.6`")
                continue
            }
            let name = String(argument[..<equals])
            let text = String(argument[argument.index(after: equals)...])
            settings[name] = Setting(name: name, text: text, location: location)
        }
        return settings
    }

    /// What takes the place of a param's default, which must be of the same type: text is taken as it stands, numbers
    /// must be written as such, and lists and mappings are YAML in one line.
    func value(inPlaceOf value: LocatedValue, diagnostics: DiagnosticCollector) -> LocatedValue? {
        func scalar(_ value: Value) -> LocatedValue {
            LocatedValue(content: .scalar(value), location: location, origin: location.file)
        }
        let (wanted, given) = (value.value, PlainScalar.value(of: text))
        switch (wanted, given) {
        case (.string, _): return scalar(.string(text))
        case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number), (.bool, .bool):
            return scalar(given)
        case (.null, _) where !isCollection: return scalar(given)
        case (.list, _), (.map, _), (.null, _):
            guard let parsed = parsed(diagnostics: diagnostics) else { return nil }
            if wanted == .null || parsed.value.typeName == wanted.typeName { return parsed }
        default: break
        }
        let type = if case .integer = wanted { "a number" } else { wanted.typeName }
        let isScalar =
            switch wanted {
            case .list, .map: false;
            default: true
            }
        let several = isScalar && isCollection ? printable(text, limit: 60) : nil
        diagnostics.error(
            "\(code(name)) must be \(type), but \(several.map { "`\($0)` gives several values" } ?? described(given))",
            at: location,
            notes: [Diagnostic.Note("the default \(code(wanted.description)) gives the type", at: value.location)],
            hint: several.map {
                "\(code(name)) is a param; only an axis takes several values: `axes: {\(name): \($0)}`"
            }
        )
        return nil
    }

    /// This setting of a param in the one spelling that all its spellings share; nil where the recipe says the same
    /// without it.
    func canonical(_ value: Value, inPlaceOf declared: Value) -> String? {
        if value == declared { return nil }
        if case .string(let text) = value { return "\(name)=\(text)" }
        return "\(name)=\(value.json)"
    }

    /// As for a param; a range stays one, however many values it has. Never left out: cells that the recipe adds to an
    /// axis are no longer there once the axis is set.
    func canonical(axis values: [Value], diagnostics: DiagnosticCollector) -> String {
        if text.hasPrefix("{"), let range = parsed(diagnostics: diagnostics) { return "\(name)=\(range.value.json)" }
        if values.count == 1, !values[0].description.hasPrefix("["), !values[0].description.hasPrefix("{") {
            return "\(name)=\(values[0])"
        }
        return "\(name)=\(Value.list(values).json)"
    }

    var isCollection: Bool { text.hasPrefix("[") || text.hasPrefix("{") }

    /// The text as YAML.
    func syntax(diagnostics: DiagnosticCollector) -> SyntaxNode? {
        let source = SourceText(name: location.file, folder: "", bytes: Array(text.utf8))
        return SyntaxParser(source: source, diagnostics: diagnostics, fixedLocation: location).parse()
    }

    private func parsed(diagnostics: DiagnosticCollector) -> LocatedValue? {
        syntax(diagnostics: diagnostics).flatMap { node in
            TemplateCompiler(scope: Scope(), diagnostics: diagnostics).compile(node, for: "`--set`")?.constant
        }
    }
}
