import ArgumentParser
import Foundation
import Recipes
import Store

/// A recipe as the cache knows it, by its path, whether the file is still there or not.
struct RememberedRecipe {
    private let name: String
    let path: String

    init(_ name: String) {
        self.name = name
        path = URL(fileURLWithPath: name).standardizedFileURL.path
    }

    /// For a command that has something to say of it only where it was run.
    ///
    /// - Throws: `ValidationError` where it never was, and there is no such recipe.
    func isKnown(in store: ResultStore) throws -> Bool {
        if !store.runs(of: path, limit: 1).isEmpty || !store.history(of: path).isEmpty { return true }
        let shown = TerminalText(name).escaped()
        switch LocalFiles().kind(of: path) {
        case .file, .other: return false
        case .folder: throw ValidationError("\(shown) is a folder, not a recipe")
        case nil: throw ValidationError("there is no recipe \(shown), and the cache remembers none")
        }
    }

    /// What is said where it was never run.
    var unknown: String { "the cache has nothing of \(TerminalText(name).escaped()): run it first" }
}
