import Graph

/// Turns syntax into templates: looks up what `${name}` means, and refuses references to nodes.
struct TemplateCompiler {
    let scope: Scope
    let diagnostics: DiagnosticCollector
    /// Why axes cannot be mentioned here, such as "the values of an axis cannot depend on an axis"; nil if they can.
    var axesRefused: String?

    /// - Parameter owner: what a message calls the value's place, such as "`text` of `encode_prompt`".
    /// - Returns: nil when problems were reported, or when the value depends on something that is already reported.
    func compile(_ node: SyntaxNode, for owner: String) -> Template? {
        switch node.content {
        case .scalar(let scalar): return compile(scalar, for: owner)
        case .sequence(let items):
            let templates = items.map { compile($0, for: owner) }
            guard let complete = allPresent(templates) else { return nil }
            return list(complete, at: node.location)
        case .mapping(let entries):
            let templates = entries.map { compile($0.value, for: owner) }
            guard let complete = allPresent(templates) else { return nil }
            return map(Array(zip(entries.map(\.key), complete)), at: node.location)
        }
    }

    func compile(_ scalar: Scalar, for owner: String) -> Template? {
        switch ScalarReader(diagnostics: diagnostics).read(scalar) {
        case nil:
            scope.isIncomplete = true
            return nil
        case .value(let value): return constant(.scalar(value), at: scalar.location, origin: scalar.location.file)
        case .reference(let reference):
            let name = reference.node.text
            diagnostics.error(
                "\(owner) takes a value, not the result of a node",
                at: reference.location,
                hint: scope.params[name] != nil || scope.axes[name] != nil
                    ? "write `${\(name)}` to insert a value, or `$$` for a dollar" : "write `$$` for a dollar"
            )
            return nil
        case .pieces(let pieces): return compile(pieces, at: scalar.location)
        }
    }

    private func allPresent(_ templates: [Template?]) -> [Template]? {
        let present = templates.compactMap { $0 }
        return present.count == templates.count ? present : nil
    }

    private func constant(_ content: LocatedValue.Content, at location: SourceLocation, origin: String) -> Template {
        let value = LocatedValue(content: content, location: location, origin: origin)
        return Template(form: .constant(value), location: location, origin: origin, axes: AxisSet())
    }

    private func list(_ items: [Template], at location: SourceLocation) -> Template {
        let constants = items.compactMap(\.constant)
        guard constants.count < items.count else {
            return constant(.list(constants), at: location, origin: location.file)
        }
        return Template(form: .list(items), location: location, origin: location.file, axes: axes(of: items))
    }

    private func map(_ entries: [(Scalar, Template)], at location: SourceLocation) -> Template {
        let constants = entries.compactMap { key, template in template.constant.map { (key: key, value: $0) } }
        guard constants.count < entries.count else {
            return constant(.map(constants), at: location, origin: location.file)
        }
        return Template(
            form: .map(entries.map { (key: $0.0, value: $0.1) }),
            location: location,
            origin: location.file,
            axes: axes(of: entries.map(\.1))
        )
    }

    private func axes(of templates: [Template]) -> AxisSet { templates.reduce(AxisSet()) { $0 | $1.axes } }

    // MARK: ${name}

    private func compile(_ written: [WrittenScalar.Piece], at location: SourceLocation) -> Template? {
        var isComplete = true
        var meanings: [(text: String?, name: Name?, attribute: Attribute?, meaning: Scope.Meaning?)] = []
        for piece in written {
            switch piece {
            case .text(let text): meanings.append((text, nil, nil, nil))
            case .insertion(let name, let attribute):
                let meaning = look(up: name)
                if meaning == nil { isComplete = false }
                meanings.append((nil, name, attribute, meaning))
            }
        }
        guard isComplete else { return nil }
        if meanings.count == 1, let name = meanings[0].name, let meaning = meanings[0].meaning {
            return whole(name, meanings[0].attribute, meaning, at: location)
        }

        var pieces: [Template.Piece] = []
        // Where each piece was written; nil for an axis value, which is known only at a cell.
        var origins: [String?] = []
        var axes = AxisSet()
        var literal = ""
        for (text, name, attribute, meaning) in meanings {
            if let text {
                literal += text
                origins.append(location.file)
            }
            switch meaning {
            case nil: break
            case .axis(let axis):
                if !literal.isEmpty { pieces.append(.text(literal)) }
                literal = ""
                pieces.append(.axis(axis, attribute))
                axes.formUnion(AxisSet(axis))
                origins.append(nil)
            case .param(let param):
                guard let value = param.value, let name else { return nil }
                guard case .scalar(let scalar) = value.content else {
                    diagnostics.error(
                        "\(code("${\(name.text)}")) is \(value.value.typeName), which can only stand alone",
                        at: name.location,
                        notes: [Diagnostic.Note("its value is given here", at: value.location)]
                    )
                    return nil
                }
                guard let inserted = self.text(attribute, of: scalar, name) else { return nil }
                literal += inserted
                origins.append(value.origin)
            }
        }
        let origin = origins.first ?? location.file
        if axes.isEmpty {
            return constant(.scalar(.string(literal)), at: location, origin: origin ?? location.file)
        }
        if !literal.isEmpty { pieces.append(.text(literal)) }
        return Template(form: .text(pieces), location: location, origin: origin, axes: axes)
    }

    private func whole(
        _ name: Name,
        _ attribute: Attribute?,
        _ meaning: Scope.Meaning,
        at location: SourceLocation
    ) -> Template? {
        switch meaning {
        case .axis(let axis):
            return Template(form: .axis(axis, attribute), location: location, origin: nil, axes: AxisSet(axis))
        case .param(let param):
            guard let value = param.value else { return nil }
            if let attribute {
                return text(attribute, of: value.value, name).map {
                    constant(.scalar(.string($0)), at: location, origin: value.origin)
                }
            }
            let inserted = value.inserted(at: location, note: "the value of \(code(name.text)) is given here")
            return Template(form: .constant(inserted), location: location, origin: value.origin, axes: AxisSet())
        }
    }

    private func text(_ attribute: Attribute?, of value: Value, _ name: Name) -> String? {
        guard let attribute else { return value.description }
        if let text = attribute.text(of: value.description) { return text }
        diagnostics.error(
            "only the value of an axis has an `\(attribute)`; \(code(name.text)) is a param",
            at: name.location,
            hint: "a param has `${\(name.text)}`, `${\(name.text).name}` and `${\(name.text).stem}`"
        )
        return nil
    }

    private func look(up name: Name) -> Scope.Meaning? {
        guard let meaning = scope.meaning(of: name.text) else {
            if scope.lacksColumns { return nil }
            if let columns = scope.tables[name.text] {
                scope.hasUnknownNames = true
                let first = columns.first ?? "column"
                diagnostics.error(
                    "\(code(name.text)) is a table, which has no value; its columns are axes",
                    at: name.location,
                    hint:
                        "write \(enumeration(columns.prefix(8).map { "`${\($0)}`" }, "or")); `${\(first).index}` is the number "
                        + "of a value"
                )
                return nil
            }
            let names = scope.names
            let match = diagnostics.nearMatch(to: name.text, among: names, isOfFew: names.count <= 12)
            // What was probably meant counts as used; where nothing comes near, it may be any name.
            if match.flatMap(scope.meaning) == nil { scope.hasUnknownNames = true }
            diagnostics.error(
                "there is no param or axis \(code(name.text))",
                at: name.location,
                hint: match.map { "did you mean \(code($0))?" }
            )
            return nil
        }
        if case .axis = meaning, let axesRefused {
            diagnostics.error(axesRefused, at: name.location)
            return nil
        }
        return meaning
    }
}

extension Template {
    /// The value, if it is the same at every cell.
    var constant: LocatedValue? {
        if case .constant(let value) = form { value } else { nil }
    }
}
