import Graph

/// A parameter's value must have the form that its node asks for. What passes comes out as the node will see it: paths
/// absolute, numbers as numbers, defaults of mappings filled in.
struct ParameterForms {
    let recipe: CompiledRecipe
    /// "`scale` of `sample`"
    let owner: String
    var range: ClosedRange<Double>?
    /// A file need not be there.
    let mayBeMissing: Bool
    private var diagnostics: DiagnosticCollector { recipe.diagnostics }

    init(recipe: CompiledRecipe, owner: String, range: ClosedRange<Double>? = nil, mayBeMissing: Bool = false) {
        self.recipe = recipe
        self.owner = owner
        self.range = range
        self.mayBeMissing = mayBeMissing
    }

    /// nil when something was reported.
    func check(_ value: LocatedValue, _ form: ParameterForm) -> Value? {
        switch (form, value.content) {
        case (.optional, .scalar(.null)): return .null
        case (.optional(let form), _): return check(value, form)
        case (.integer, .scalar(.integer(let integer))): return inRange(Double(integer), value) ? value.value : nil
        case (.number, .scalar(.integer(let integer))):
            return inRange(Double(integer), value) ? .number(Double(integer)) : nil
        case (.number, .scalar(.number(let number))):
            guard number.isFinite else {
                report("\(owner) is too large a number", value)
                return nil
            }
            return inRange(number, value) ? value.value : nil
        case (.number, .scalar(.string(let text))) where PlainScalar.fraction(text) != nil:
            return PlainScalar.fraction(text).flatMap { inRange($0, value) ? .number($0) : nil }
        case (.text, .scalar(.string)), (.boolean, .scalar(.bool)): return value.value
        case (.choice(let choices, let others), .scalar(.string(let text))):
            if choices.contains(text) { return value.value }
            if let name = others.taken[text] { return .string(name) }
            report(
                "\(owner) cannot be \(code(text))",
                value,
                hint: others.advice(for: text) ?? diagnostics.suggestion(for: text, among: choices)
                    ?? "choose \(enumeration(choices, "or"))"
            )
            return nil
        case (.file, .scalar(.string(let path))): return self.path(path, value, mustBeFile: true)
        case (.path, .scalar(.string(let path))): return self.path(path, value, mustBeFile: false)
        case (.axis, .scalar(.string(let name))):
            if recipe.scope.axes[name] != nil { return value.value }
            if recipe.scope.lacksColumns { return nil }
            report(
                "there is no axis \(code(name))",
                value,
                hint: diagnostics.suggestion(for: name, among: recipe.scope.axes.keys)
                    ?? axesThatThereAre(recipe.scope.axesInOrder)
            )
            return nil
        case (.list(let form), .list(let items)):
            let checked = items.compactMap { check($0, form) }
            return checked.count == items.count ? .list(checked) : nil
        case (.object(let fields), .map(let entries)): return object(fields, entries, value)
        case (.map(let form), .map(let entries)): return map(form, entries)
        case (.oneOf(let forms), _): return oneOf(forms, value)
        default:
            report(
                "\(owner) needs \(form), but \(described(value.value))",
                value,
                hint: Self.hint(form, value.value, isSetting: recipe.sources[value.origin] == nil)
            )
            return nil
        }
    }

    private func report(_ message: String, _ value: LocatedValue, hint: String? = nil) {
        diagnostics.error(message, at: value.location, notes: value.notes, hint: hint)
    }

    private func inRange(_ number: Double, _ value: LocatedValue) -> Bool {
        guard let range, !range.contains(number) else { return true }
        let limits =
            switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
            case (true, true): "between \(plain(range.lowerBound)) and \(plain(range.upperBound))"
            case (true, false): "at least \(plain(range.lowerBound))"
            default: "at most \(plain(range.upperBound))"
            }
        report("\(owner) must be \(limits), not \(value.value)", value)
        return false
    }

    /// What to write instead, where it is plain what was meant.
    private static func hint(_ form: ParameterForm, _ value: Value, isSetting: Bool) -> String? {
        switch (form, value) {
        case (.text, .integer), (.text, .number), (.text, .bool): return "put it in quotes: \"\(value)\""
        case (.text, .null): return "write \"\" for no text"
        case (.integer, .number(let number)):
            return Int128(exactly: number).map { "write \($0)" }
        case (.integer, .string(let text)), (.number, .string(let text)):
            let bare = String(text.filter { $0 != "_" && $0 != " " })
            if PlainScalar.number(text) != nil { return "leave the quotes out" }
            if PlainScalar.number(bare) != nil { return "write \(bare)" }
            return WrittenNumber(text).hint(isSetting: isSetting)
        case (.boolean, .string(let text)):
            return switch text.lowercased() {
            case "yes", "on", "true": "write true"
            case "no", "off", "false": "write false"
            default: nil
            }
        case (.list(let item), let value) where item.isOfType(of: value): return "write it as a list: [\(value)]"
        case (.list(.object(let fields)), .map):
            return object(fields, holding: value).map { "write it as a list: [\($0)]" }
        case (.list(.object(let fields)), .string):
            return object(fields, holding: value).map { "write it as a list: [\($0)]" }
        case (.object(let fields), .string): return object(fields, holding: value).map { "write \($0)" }
        case (.optional(let form), _): return hint(form, value, isSetting: isSetting)
        default: return nil
        }
    }

    /// The mapping that somebody meant who gave a path or a text for it, where only one of its keys must be given.
    private static func object(_ fields: [ParameterField], holding value: Value) -> String? {
        if case .map = value { return "{...}" }
        let needed = fields.filter { $0.defaultValue == nil }.filter {
            if case .optional = $0.form { false } else { true }
        }
        guard needed.count == 1 else { return nil }
        return "{\(needed[0].name): \(printable(value.description, limit: 60))}"
    }

    private func oneOf(_ forms: [ParameterForm], _ value: LocatedValue) -> Value? {
        if let form = ParameterForm.taken(by: value.value, among: forms) { return check(value, form) }
        report("\(owner) needs \(ParameterForm.oneOf(forms)), but \(described(value.value))", value)
        return nil
    }

    private func object(
        _ fields: [ParameterField],
        _ entries: [(key: Scalar, value: LocatedValue)],
        _ whole: LocatedValue
    ) -> Value? {
        var map: [String: Value] = [:]
        var isValid = true
        for field in fields { map[field.name] = field.defaultValue }
        for (key, value) in entries {
            guard let field = fields.first(where: { $0.name == key.text }) else {
                let names = fields.map(\.name)
                diagnostics.error(
                    "an item of \(owner) has no \(code(key.text))",
                    at: whole.notes.isEmpty ? key.location : whole.location,
                    notes: whole.notes,
                    hint: diagnostics.suggestion(for: key.text, among: names) ?? "it takes \(enumeration(names))"
                )
                isValid = false
                continue
            }
            let inner = ParameterForms(recipe: recipe, owner: "\(code(key.text)) in \(owner)")
            guard let checked = inner.check(value, field.form) else {
                isValid = false
                continue
            }
            map[field.name] = checked
        }
        let given = Set(entries.map(\.key.text))
        for field in fields where field.defaultValue == nil && !given.contains(field.name) {
            if case .optional = field.form {
                map[field.name] = .null
                continue
            }
            report("an item of \(owner) needs \(code(field.name)): \(field.help)", whole)
            isValid = false
        }
        return isValid ? .map(map) : nil
    }

    private func map(_ form: ParameterForm, _ entries: [(key: Scalar, value: LocatedValue)]) -> Value? {
        var map: [String: Value] = [:]
        for (key, value) in entries {
            let inner = ParameterForms(recipe: recipe, owner: "\(code(key.text)) in \(owner)")
            map[key.text] = inner.check(value, form)
        }
        return map.count == entries.count ? .map(map) : nil
    }

    private func path(_ path: String, _ value: LocatedValue, mustBeFile: Bool) -> Value? {
        let folder = recipe.folder(of: value.origin)
        let full = FilePath.join(folder, path)
        guard !path.isEmpty, !path.utf8.contains(0) else {
            report("\(owner) needs \(mustBeFile ? ParameterForm.file : .path), but \(code(path)) is none", value)
            return nil
        }
        switch recipe.files.kind(of: full) {
        case .file: return .string(full)
        case .folder where !mustBeFile: return .string(full)
        case .folder:
            report("\(owner) needs a file, but \(code(path)) is a folder", value)
        case .other: report("\(owner) needs a file, but \(code(path)) is a device or a pipe", value)
        case nil where mayBeMissing: return .string(full)
        case nil:
            report(
                "there is no file \(mustBeFile ? "" : "or folder ")\(code(path))",
                value,
                hint: FilePattern.isPattern(path)
                    ? "an axis over all files of that form is written `{files: \"\(printable(path, limit: 60))\"}`"
                    : start(value.origin).correction(of: path) {
                        let kind = recipe.files.kind(of: FilePath.join($0, path))
                        return kind == .file || kind == .folder && !mustBeFile
                    } ?? recipe.files.nearMatch(to: path, in: folder, diagnostics: diagnostics).map {
                        "did you mean \(code($0))?"
                    } ?? relativeHint(path, mustBeFile, origin: value.origin)
            )
        }
        return nil
    }

    private func relativeHint(_ path: String, _ mustBeFile: Bool, origin: String) -> String? {
        guard !path.hasPrefix("/") else { return nil }
        if path.hasPrefix("~") {
            return
                "`~` is a home folder to a shell alone, and not within a value: write the path in full, or \"$HOME/...\" where a shell reads it"
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if !mustBeFile, parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }),
            !parts[1].contains(".safetensors")
        {
            return
                "nothing is downloaded here: a repository of huggingface.co is named by the folder it was downloaded to, such as "
                + "the cache's models--\(parts[0])--\(parts[1]); " + start(origin).text
        }
        return start(origin).text
    }

    private func start(_ origin: String) -> PathStart {
        PathStart(of: origin, sources: recipe.sources, files: recipe.files.files)
    }
}
