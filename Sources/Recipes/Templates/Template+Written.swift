import Graph

extension Template {
    /// As a recipe writes it, with the values of params in their places: `a portrait, ${style}`.
    func written(_ axes: [Axis]) -> Value {
        switch form {
        case .constant(let value): Self.literal(value.value)
        case .axis(let axis, let attribute): .string(Self.insertion(axes[axis], attribute))
        case .text(let pieces):
            .string(
                pieces.map { piece in
                    switch piece {
                    case .text(let text): text.replacing("$", with: "$$")
                    case .axis(let axis, let attribute): Self.insertion(axes[axis], attribute)
                    }
                }.joined()
            )
        case .list(let items): .list(items.map { $0.written(axes) })
        case .map(let entries):
            .map(Dictionary(entries.map { ($0.key.text, $0.value.written(axes)) }, uniquingKeysWith: { a, _ in a }))
        }
    }

    private static func insertion(_ axis: Axis, _ attribute: Attribute?) -> String {
        "${\(axis.name)\(attribute.map { ".\($0.rawValue)" } ?? "")}"
    }

    private static func literal(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(text.replacing("$", with: "$$"))
        case .list(let items): .list(items.map(literal))
        case .map(let entries): .map(entries.mapValues(literal))
        default: value
        }
    }
}

extension Source {
    /// `$image[*, style=neon]`, with the values of params in their places; nil for a file in place of a reference.
    func written(_ recipe: CompiledRecipe) -> String? {
        guard let reference else { return nil }
        var parts = gathersAll ? ["*"] : []
        parts += gathered.indices.map { "\(recipe.space.axes[$0].name)=*" }
        parts += pins.sorted { $0.key < $1.key }.map { axis, value in
            "\(recipe.space.axes[axis].name)=\(recipe.space.texts[axis][value])"
        }
        return "$\(reference.node.text)" + (parts.isEmpty ? "" : "[\(parts.joined(separator: ", "))]")
    }
}
