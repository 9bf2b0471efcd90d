import Recipes

/// A name given with `--only`, `--force` or `explain` of a node that is there for nothing.
struct UnneededNode: Error, CustomStringConvertible {
    let name: String
    var description: String { "no output or expectation of the recipe needs `\(name)`, so it is never run" }
}

extension LoadedRecipe {
    /// - Throws: `UnneededNode`.
    func checkNeeded(_ names: [String]) throws {
        let unneeded = Set(outline.nodes.filter { $0.cells == 0 }.map(\.name))
        if let name = names.first(where: unneeded.contains) { throw UnneededNode(name: name) }
    }
}
