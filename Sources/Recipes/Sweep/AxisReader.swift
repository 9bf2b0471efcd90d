import Graph

/// Reads the values of an axis: a list, a range such as `{from: 1, to: 3, step: 1}`, or what stands in files.
struct AxisReader {
    /// As many values as instances may come of them.
    static let mostValues = 100_000

    let compiler: TemplateCompiler
    let listed: ListedValues
    let diagnostics: DiagnosticCollector

    func read(_ declaration: DeclaredAxis, setting: Setting?, isZipped: Bool) -> Axis {
        let name = declaration.name.text
        let declared: [LocatedValue]?
        switch declaration.values {
        case .written(let node): declared = values(node, axis: name)
        case .column(let values): declared = values
        }
        var written = declared
        if let setting { written = values(setting, declared: declared ?? []) }
        var axis = Axis(
            name: name,
            location: declaration.name.location,
            isSet: setting != nil,
            declared: declared ?? []
        )
        // What is listed by a mapping is there, however it is called.
        if let setting, !setting.text.hasPrefix("{") {
            warnOfMisspelt(written ?? [], declared: declared ?? [], axis: name)
        }
        for value in written ?? [] {
            guard let first = axis.append(value), !isZipped else { continue }
            diagnostics.error(
                "the axis \(code(name)) has \(code(value.value.description)) twice",
                at: value.location,
                notes: [Diagnostic.Note("it is first written here", at: axis.values[first].location)]
            )
        }
        return axis
    }

    /// A new value is what `--set` is for, but one that is nearly another is probably that.
    private func warnOfMisspelt(_ values: [LocatedValue], declared: [LocatedValue], axis name: String) {
        let known = declared.compactMap { if case .string(let text) = $0.value { text } else { nil } }
        for value in values {
            guard case .string(let text) = value.value, !known.contains(text), !FilePattern.isPattern(text),
                !listed.isFileHere(text),
                let hint = several(text, of: known, axis: name)
                    ?? diagnostics.suggestion(for: text, among: known)
            else { continue }
            diagnostics.warning(
                "the recipe gives \(code(name)) no value \(code(text))",
                at: value.location,
                hint: hint
            )
        }
    }

    /// `--set style=neon,poster`, which is one value.
    private func several(_ text: String, of known: [String], axis name: String) -> String? {
        let parts = text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
        guard parts.count > 1, parts.contains(where: known.contains) else { return nil }
        return "several values are written `--set '\(name)=[\(printable(parts.joined(separator: ", "), limit: 60))]'`"
    }

    /// `--set axis=value` is one value, `--set axis=[a, b]` several; where all the recipe's own values are text, so are
    /// these.
    private func values(_ setting: Setting, declared: [LocatedValue]) -> [LocatedValue]? {
        let isText = !declared.isEmpty && declared.allSatisfy { if case .string = $0.value { true } else { false } }
        func one(_ text: String, isPlain: Bool) -> LocatedValue {
            LocatedValue(
                content: .scalar(isText || !isPlain ? .string(text) : PlainScalar.value(of: text)),
                location: setting.location,
                origin: setting.location.file
            )
        }
        guard setting.isCollection else { return [one(setting.text, isPlain: true)] }
        guard let node = setting.syntax(diagnostics: diagnostics) else { return nil }
        if isText, case .sequence(let items) = node.content {
            let texts = items.compactMap { item in
                if case .scalar(let scalar) = item.content { one(scalar.text, isPlain: scalar.isPlain) } else { nil }
            }
            if texts.count == items.count, !texts.isEmpty { return texts }
        }
        return values(node, axis: setting.name)
    }

    private func values(_ node: SyntaxNode, axis name: String) -> [LocatedValue]? {
        guard let value = compiler.compile(node, for: "the axis \(code(name))")?.constant else { return nil }
        switch value.content {
        case .scalar(let scalar):
            diagnostics.error(
                "the axis \(code(name)) needs a list of values or a range, but \(described(scalar))",
                at: value.location,
                notes: value.notes,
                hint: Self.hint(for: scalar)
            )
            return nil
        case .list(let items):
            if items.isEmpty {
                diagnostics.error("the axis \(code(name)) has no values", at: value.location, notes: value.notes)
                return nil
            }
            for item in items where !item.isScalar {
                diagnostics.error(
                    "a value of the axis \(code(name)) must be text, a number, or true or false, "
                        + "but this is \(item.value.typeName)",
                    at: item.location,
                    notes: item.notes
                )
            }
            return items.allSatisfy(\.isScalar) ? items : nil
        case .map(let entries):
            if let form = entries.lazy.compactMap({ ListedValues.Form(rawValue: $0.key.text) }).first {
                return values(form, entries, of: name, at: value)
            }
            return range(entries, of: name, at: value)
        }
    }

    /// What somebody wanted who gave an axis one value.
    private static func hint(for scalar: Value) -> String {
        let text = printable(scalar.description, limit: 40)
        guard case .string = scalar else {
            return "write `[\(scalar == .null ? "a, b" : text)]`, or `{from: 1, to: 3}`"
        }
        if FilePattern.isPattern(text) { return "write `{files: \"\(text)\"}`" }
        if text.hasSuffix(".txt") { return "write `{lines: \(text)}` for its lines, or `[\(text)]`" }
        if text.hasSuffix(".csv") { return "write `{csv: \(text)}` for its columns, or `[\(text)]`" }
        let bounds = text.split(separator: ".", omittingEmptySubsequences: true)
        if text.contains(".."), bounds.count == 2, let from = Int(bounds[0]), let to = Int(bounds[1]) {
            return "write `{from: \(from), to: \(to)}`"
        }
        if text.hasPrefix("range(") { return "write `{from: 1, to: 3}`" }
        return "write `[\(text)]`, `{from: 1, to: 3}`, or `{files: \"photos/*.jpg\"}`"
    }

    private static let otherForms =
        "write `{from: 1, to: 3, step: 1}`, `{files: \"photos/*.jpg\"}`, `{lines: FILE}` or `{csv: FILE}`"

    /// What the key of another program or language stands for here.
    private func hint(forKey key: String, _ value: LocatedValue) -> String {
        let text = printable(value.value.description, limit: 40)
        switch key {
        case "glob", "pattern", "images", "photos": return "write `{files: \"\(text)\"}`"
        case "folder", "dir", "directory", "path":
            return "write `{files: \"\(text.hasSuffix("/") ? text : text + "/")*\"}`"
        case "file", "txt", "text", "texts", "prompts": return "write `{lines: \"\(text)\"}`"
        case "table", "tsv", "columns": return "write `{csv: \"\(text)\"}`"
        case "start", "begin", "min", "first", "low": return "write `from`"
        case "stop", "end", "max", "last", "until", "high": return "write `to`, which is the last value"
        case "by", "increment", "stride", "every": return "write `step`"
        case "values", "list", "in", "choices": return "write the values alone: `[a, b]`"
        case "range":
            if case .list(let bounds) = value.content, bounds.count == 2 {
                return "write `{from: \(bounds[0].value), to: \(bounds[1].value)}`"
            }
            return "write `{from: 1, to: 3}`"
        default:
            let forms = ["from", "to", "step"] + ListedValues.Form.allCases.map(\.rawValue)
            return diagnostics.suggestion(for: key, among: forms) ?? Self.otherForms
        }
    }

    private func values(
        _ form: ListedValues.Form,
        _ entries: [(key: Scalar, value: LocatedValue)],
        of name: String,
        at whole: LocatedValue
    ) -> [LocatedValue]? {
        let allowed = form == .csv ? ["csv", "column"] : [form.rawValue]
        guard AxisMapping(diagnostics).hasOnly(allowed, entries, form: form) else { return nil }
        let values = Dictionary(entries.map { ($0.key.text, $0.value) }) { first, _ in first }
        guard let source = values[form.rawValue] else { return nil }
        switch form {
        case .files: return listed.files(source, axis: name)
        case .lines: return listed.lines(of: source, axis: name)
        case .csv:
            guard let column = values["column"] else {
                diagnostics.error(
                    "the axis \(code(name)) needs one column of the table",
                    at: whole.location,
                    notes: whole.notes,
                    hint: "write `{csv: \(printable(source.value.description, limit: 40)), column: NAME}`"
                )
                return nil
            }
            guard let columns = listed.columns(of: source) else { return nil }
            let wanted = column.value.description
            if let found = columns.first(where: { $0.name.text == wanted }) { return found.values }
            diagnostics.error(
                "the table has no column \(code(wanted))",
                at: column.location,
                notes: column.notes,
                hint: diagnostics.suggestion(for: wanted, among: columns.map(\.name.text))
                    ?? "it has \(enumeration(columns.map(\.name.text)))"
            )
            return nil
        }
    }

    private func range(
        _ entries: [(key: Scalar, value: LocatedValue)],
        of name: String,
        at whole: LocatedValue
    ) -> [LocatedValue]? {
        var bounds: [String: Decimal] = [:]
        var isValid = true
        for (key, value) in entries {
            guard ["from", "to", "step"].contains(key.text) else {
                diagnostics.error(
                    "an axis has no \(code(key.text))",
                    at: key.location,
                    hint: hint(forKey: key.text, value)
                )
                isValid = false
                continue
            }
            guard let number = Decimal(value.value) else {
                let isNumber = if case .number = value.value { true } else { false }
                diagnostics.error(
                    "\(code(key.text)) of a range "
                        + (isNumber ? "is too large a number" : "must be a number, but \(described(value.value))"),
                    at: value.location,
                    notes: value.notes
                )
                isValid = false
                continue
            }
            bounds[key.text] = number
        }
        guard isValid else { return nil }
        guard let from = bounds["from"], let to = bounds["to"] else {
            let missing = bounds["from"] == nil ? "from" : "to"
            diagnostics.error(
                "the range of \(code(name)) lacks `\(missing)`",
                at: whole.location,
                notes: whole.notes,
                hint: "write `{from: 1, to: 3}`"
            )
            return nil
        }
        do {
            let values = try Decimal.range(from: from, to: to, step: bounds["step"] ?? .one, limit: Self.mostValues)
            return values.map {
                LocatedValue(
                    content: .scalar($0),
                    location: whole.location,
                    origin: whole.origin,
                    insertion: whole.insertion
                )
            }
        } catch {
            let (message, hint) = Self.wording(error, name: name)
            diagnostics.error(message, at: whole.location, notes: whole.notes, hint: hint)
            return nil
        }
    }

    private static func wording(_ error: Decimal.RangeError, name: String) -> (String, String?) {
        switch error {
        case .noStep: ("the range of \(code(name)) never ends: its step is 0", nil)
        case .empty: ("the range of \(code(name)) is empty", "to count down, give a negative `step`")
        case .tooLong: ("the range of \(code(name)) has more than \(mostValues) values", nil)
        case .tooFine: ("the numbers in the range of \(code(name)) have too many digits", nil)
        }
    }
}

extension LocatedValue {
    var isScalar: Bool { if case .scalar = content { true } else { false } }
}
