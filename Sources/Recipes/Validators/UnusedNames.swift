import Graph

/// What a recipe declares and does not use: an axis that no node depends on is an error, for the sweep is not what it
/// seems; params and nodes are warned of, unless they come from an included file, which may offer more than one needs.
struct UnusedNames {
    let recipe: CompiledRecipe
    let document: RecipeDocument
    /// The recipe's own file.
    let file: String

    /// - Parameter nodeAxes: the axes that nodes mention, readable or not.
    func check(nodeAxes: AxisSet) {
        // What was meant by a name that is none is not unused.
        guard !recipe.scope.isIncomplete, !recipe.scope.hasUnknownNames else { return }
        let hadErrors = recipe.diagnostics.hasErrors
        var unusedTables: Set<String> = []
        for (index, axis) in recipe.space.axes.enumerated() where !nodeAxes.contains(index) {
            // Zipped with an axis that is used, it may give names to outputs.
            let isBound = !(recipe.space.group(of: index) & nodeAxes).isEmpty
            // Of a table, not every column need be of use; nor does each complain where none is.
            if let table = recipe.tableOfColumn[axis.name] {
                if !isBound, unusedTables.insert(table.text).inserted {
                    recipe.diagnostics.error(
                        "no node depends on a column of the table \(code(table.text))",
                        at: table.location,
                        hint: "mention `${\(axis.name)}` in a node, or remove the table"
                    )
                }
                continue
            }
            if isBound || recipe.scope.lacksColumns, recipe.scope.usedAxes.contains(index) { continue }
            recipe.diagnostics.error(
                "no node depends on the axis \(code(axis.name))",
                at: axis.location,
                hint: "mention `${\(axis.name)}` in a node, or remove the axis"
            )
        }
        for param in document.params where param.name.location.file == file {
            guard !recipe.scope.usedParams.contains(param.name.text) else { continue }
            recipe.diagnostics.warning(
                "the param \(code(param.name.text)) is not used",
                at: param.name.location,
                hint: "mention it as `${\(param.name.text)}`, or remove it"
            )
        }
        // A misspelt reference makes a node look unused.
        guard !hadErrors else { return }
        for node in recipe.nodes.prefix(recipe.index.count) where node.location.file == file {
            guard let index = recipe.index[node.name], !recipe.wanted.contains(index) else { continue }
            recipe.diagnostics.warning(
                "the node \(code(node.name)) does not run, for no output or expectation needs it",
                at: node.location,
                hint: "add it to `outputs`, or remove it"
            )
        }
    }
}
