import Graph

/// Sorts the keys of one recipe file into a `RecipeDocument`.
struct DocumentReader {
    static let keys = [
        "recipe", "description", "include", "params", "axes", "zip", "exclude", "nodes", "outputs", "expect",
    ]

    let diagnostics: DiagnosticCollector

    func read(_ root: SyntaxNode) -> RecipeDocument {
        var document = RecipeDocument()
        guard case .mapping(let entries) = root.content else {
            diagnostics.error(
                "a recipe is a mapping of \(enumeration(Self.keys)), but \(root.found)",
                at: root.location
            )
            return document
        }
        guard !isWorkflow(entries) else {
            diagnostics.error(
                "this is a workflow of ComfyUI, not a recipe",
                at: root.location,
                hint: "`pulid-run import` makes a recipe of it"
            )
            return document
        }
        for entry in entries {
            let value = entry.value
            switch entry.key.text {
            case "recipe": document.name = recipeName(value)
            case "description": document.description = scalar(value, "`description`")?.text
            case "include": readIncludes(value, into: &document)
            case "params": document.params = declarations(value, "param", "a default")
            case "axes": document.axes = declarations(value, "axis", "a list of values")
            case "zip": document.zips = zips(value)
            case "exclude": document.excludedCells = sequence(value, "`exclude`", of: "cells such as {style: neon}")
            case "nodes": document.nodes = nodes(value)
            case "outputs":
                document.outputs = mapping(
                    value,
                    "`outputs`",
                    of: "file names and what goes into them",
                    hint: "write `outputs: {name.png: $node}`"
                )
            case "expect": document.expectations = expectations(value)
            default:
                diagnostics.error(
                    "a recipe has no \(code(entry.key.text))",
                    at: entry.key.location,
                    hint: diagnostics.suggestion(for: entry.key.text, among: Self.keys)
                        ?? "the keys are \(enumeration(Self.keys))"
                )
            }
        }
        return document
    }

    /// Of ComfyUI's interface, with lists of nodes and links, or of its API, where each entry has its class.
    private func isWorkflow(_ entries: [SyntaxNode.Entry]) -> Bool {
        func isList(_ key: String) -> Bool {
            entries.contains { if case .sequence = $0.value.content { $0.key.text == key } else { false } }
        }
        return isList("nodes") && isList("links")
            || entries.prefix(100).contains { entry in
                guard case .mapping(let inner) = entry.value.content else { return false }
                return inner.contains { $0.key.text == "class_type" }
            }
    }

    private func recipeName(_ value: SyntaxNode) -> Scalar? {
        guard let name = scalar(value, "`recipe`") else { return nil }
        let text = name.text
        guard !text.isEmpty, text.utf8.count <= 100, !text.hasPrefix("."), !text.contains("/"),
            !text.unicodeScalars.contains(where: isControl)
        else {
            diagnostics.error(
                "\(code(text)) cannot name a recipe, because its outputs go to a folder of that name",
                at: name.location,
                hint: "use letters, digits, `-` and `_`"
            )
            return nil
        }
        return name
    }

    /// Texts are files, mappings are cells.
    private func readIncludes(_ value: SyntaxNode, into document: inout RecipeDocument) {
        var items = [value]
        if case .sequence(let list) = value.content { items = list }
        for item in items {
            switch item.content {
            case .scalar(let file) where !item.isNull: document.includedFiles.append(file)
            case .mapping: document.includedCells.append(item)
            default:
                diagnostics.error(
                    "`include` is a list of recipes and cells, but \(item.found)",
                    at: item.location,
                    hint: "write `include: [other.yaml]` or `include: [{style: neon, seed: 7}]`"
                )
            }
        }
    }

    private func declarations(_ value: SyntaxNode, _ noun: String, _ content: String) -> [RecipeDocument.Declaration] {
        mapping(value, "`\(noun == "axis" ? "axes" : "params")`", of: "names, each with \(content)").compactMap {
            entry in
            guard checkName(entry.key, noun) else { return nil }
            return RecipeDocument.Declaration(name: entry.key, value: entry.value)
        }
    }

    private func checkName(_ name: Scalar, _ noun: String) -> Bool {
        guard isName(name.text) else {
            diagnostics.error(
                "\(code(name.text)) cannot name \(Recipes.noun(noun))",
                at: name.location,
                hint: "use letters, digits, `-` and `_`, and begin with a letter"
            )
            return false
        }
        return true
    }

    /// `[[style, seed], [a, b]]`, or `[style, seed]` for a single group.
    private func zips(_ value: SyntaxNode) -> [[Scalar]] {
        let groups = sequence(value, "`zip`", of: "groups of axes such as [style, seed]")
        let isOneGroup = groups.contains { if case .scalar = $0.content { true } else { false } }
        return (isOneGroup ? [value] : groups).compactMap { group in
            let names = sequence(group, "a group of `zip`", of: "axes").compactMap { scalar($0, "a zipped axis") }
            guard names.count > 1 else {
                if !names.isEmpty {
                    diagnostics.error("a group of `zip` needs two axes or more", at: group.location)
                }
                return nil
            }
            return names
        }
    }

    private func nodes(_ value: SyntaxNode) -> [RecipeDocument.NodeDeclaration] {
        mapping(
            value,
            "`nodes`",
            of: "names, each with what the node uses",
            hint: "write `nodes: {picture: {uses: load_image, file: photo.jpg}}`"
        ).compactMap { entry in
            guard checkName(entry.key, "node") else { return nil }
            guard case .mapping(let arguments) = entry.value.content else {
                diagnostics.error(
                    "the node \(code(entry.key.text)) must be a mapping, but \(entry.value.found)",
                    at: entry.value.isNull ? entry.key.location : entry.value.location,
                    hint: "write `\(entry.key.text): {uses: KIND}`; `pulid-run nodes` lists the kinds"
                )
                return RecipeDocument.NodeDeclaration(name: entry.key, kind: nil, arguments: [])
            }
            let uses = arguments.first { $0.key.text == "uses" }
            if uses == nil {
                diagnostics.error(
                    "the node \(code(entry.key.text)) does not say what it uses",
                    at: entry.key.location,
                    hint: misspeltUses(arguments) ?? "add `uses: KIND`; `pulid-run nodes` lists the kinds"
                )
            }
            return RecipeDocument.NodeDeclaration(
                name: entry.key,
                kind: uses.flatMap { scalar($0.value, "`uses`") },
                arguments: arguments.filter { $0.key.text != "uses" }
            )
        }
    }

    private func misspeltUses(_ arguments: [SyntaxNode.Entry]) -> String? {
        arguments.lazy.map(\.key.text).first { ["use", "kind", "type", "node", "class", "class_type"].contains($0) }
            .map { "write `uses` for `\($0)`" }
    }

    private func expectations(_ value: SyntaxNode) -> [Scalar] {
        var items = [value]
        if case .sequence(let list) = value.content { items = list }
        return items.compactMap { scalar($0, "an expectation") }
    }

    private func scalar(_ node: SyntaxNode, _ what: String) -> Scalar? {
        guard case .scalar(let scalar) = node.content, !node.isNull else {
            diagnostics.error(
                "\(what) must be text, but \(node.found)",
                at: node.location
            )
            return nil
        }
        return scalar
    }

    private func sequence(_ node: SyntaxNode, _ what: String, of items: String) -> [SyntaxNode] {
        if node.isNull { return [] }
        guard case .sequence(let list) = node.content else {
            diagnostics.error("\(what) must be a list of \(items), but \(node.found)", at: node.location)
            return []
        }
        return list
    }

    private func mapping(
        _ node: SyntaxNode,
        _ what: String,
        of items: String,
        hint: String? = nil
    ) -> [SyntaxNode.Entry] {
        if node.isNull { return [] }
        guard case .mapping(let entries) = node.content else {
            diagnostics.error("\(what) must be a mapping of \(items), but \(node.found)", at: node.location, hint: hint)
            return []
        }
        return entries
    }
}
