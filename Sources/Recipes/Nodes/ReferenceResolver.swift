import Graph

/// Looks up the node, axes and values that a reference names.
struct ReferenceResolver {
    let recipe: CompiledRecipe

    /// nil when something was reported.
    func resolve(_ reference: Reference) -> Source? {
        let name = reference.node.text
        guard let node = recipe.index[name] else {
            let isValue = recipe.scope.params[name] != nil || recipe.scope.axes[name] != nil
            recipe.diagnostics.error(
                "there is no node \(code(name))",
                at: reference.node.location,
                hint: recipe.diagnostics.suggestion(for: name, among: recipe.index.keys, prefix: "$")
                    ?? (isValue
                        ? "write `${\(name)}` for the \(recipe.scope.params[name] == nil ? "axis" : "param")" : nil)
            )
            return nil
        }
        var gathered = AxisSet()
        var pins: [Int: Int] = [:]
        var isComplete = true
        for axis in reference.gathered {
            guard let index = self.axis(axis) else {
                isComplete = false
                continue
            }
            gathered.formUnion(AxisSet(index))
        }
        for pin in reference.pins {
            guard let axis = self.axis(pin.axis), let value = value(pin.value, of: recipe.space.axes[axis]) else {
                isComplete = false
                continue
            }
            guard pins.updateValue(value, forKey: axis) == nil, !gathered.contains(axis) else {
                recipe.diagnostics.error("\(code(pin.axis.text)) is picked twice", at: pin.axis.location)
                isComplete = false
                continue
            }
        }
        guard isComplete else { return nil }
        return Source(
            node: node,
            gathersAll: reference.gathersAll,
            gathered: gathered,
            pins: pins,
            reference: reference
        )
    }

    private func axis(_ name: Name) -> Int? {
        if let axis = recipe.scope.axes[name.text] { return axis }
        if recipe.scope.lacksColumns { return nil }
        recipe.diagnostics.error(
            "there is no axis \(code(name.text))",
            at: name.location,
            hint: recipe.diagnostics.suggestion(for: name.text, among: recipe.scope.axes.keys)
                ?? axesThatThereAre(recipe.scope.axesInOrder)
        )
        return nil
    }

    /// An axis value by its text; `${param}` stands for the param's value.
    private func value(_ written: Name, of axis: Axis) -> Int? {
        guard !axis.isBroken else { return nil }
        var text = written.text
        if text.hasPrefix("${"), text.hasSuffix("}") {
            let name = String(text.dropFirst(2).dropLast())
            guard case .param(let param)? = recipe.scope.meaning(of: name) else {
                if recipe.scope.lacksColumns { return nil }
                recipe.diagnostics.error(
                    "there is no param \(code(name))",
                    at: written.location,
                    hint: recipe.diagnostics.suggestion(for: name, among: recipe.scope.params.keys)
                )
                return nil
            }
            guard let value = param.value else { return nil }
            text = value.value.description
        }
        if let index = axis.index(of: PlainScalar.value(of: text)) ?? axis.index(of: .string(text)) {
            return index
        }
        let known = axis.values.prefix(100).map(\.value.description)
        recipe.diagnostics.error(
            "the axis \(code(axis.name)) has no value \(code(text))",
            at: written.location,
            hint: recipe.diagnostics.suggestion(for: text, among: known)
                ?? (known.count <= 12 ? "its values are \(enumeration(known))" : nil)
        )
        return nil
    }
}
