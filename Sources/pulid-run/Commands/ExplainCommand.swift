import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner
import Store

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what changed since the last run, or what the last run found changed: a setting, a file, a node.",
        discussion:
            "Of one node it says all the way back to the cause; without one, it goes through all that have changed."
    )

    @OptionGroup var recipe: RecipeOptions
    @Argument(
        help: "The node's name, or some of its cells, 'latent[style=neon]', or a file among the outputs.",
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var node: String?
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @Option(help: ArgumentHelp("The folder for outputs.", valueName: "dir")) var out: String?

    func run() throws {
        try reportingFailures {
            let store = try cache.openToLook { Terminal.error("warning: \($0)\n") }
            defer { store.close() }
            let source = try recipe.source()
            let runs = store.comparedRuns(of: recipe.absolutePath, limit: 2)
            let writer = node.flatMap { store.lastWriter(of: URL(fileURLWithPath: $0).standardizedFileURL.path) }
            let loaded = try load(source, as: [writer, runs.first?.run])
            let folder = out ?? "out/\(loaded.graph.name)"
            let wanted = node.map { loaded.graph.title(ofOutput: $0, in: folder) ?? $0 }
            let name = wanted.map { String($0.prefix { $0 != "[" }) }
            if let wanted, wanted == node { try loaded.graph.checkIsNoOutput(wanted, in: folder) }
            if let name { try loaded.checkNeeded([name]) }
            if let node, let writer, writer.settings != runs.first?.run.settings {
                Terminal.output("\(TerminalText(node).escaped()) was written \(Self.text(writer.settings))\n")
            }
            Terminal.output(Self.text(runs, asked: loaded.settings))
            let options = RunOptions(
                out: folder,
                recipe: recipe.absolutePath,
                settings: loaded.settings,
                only: name.map { [$0] } ?? []
            )
            let run = try RecipeRun(
                loaded.graph,
                store: store,
                options: options,
                environment: Program.environment(numerics)
            )
            if let name {
                Terminal.output(try run.explain(name, cell: name == wanted ? nil : wanted))
            } else {
                Terminal.output(run.explainAll())
            }
            return .success
        }
    }

    /// The recipe with the settings of the run that wrote the file asked for, or of the last one, unless others are asked
    /// for. A recipe that no longer has them is explained as it is.
    ///
    /// - Parameter runs: the first one of this recipe counts.
    private func load(_ source: RecipeSource, as runs: [RunRecord?]) throws -> LoadedRecipe {
        let last = runs.lazy.compactMap(\.self).first { $0.recipe == recipe.absolutePath }
        if recipe.settings.isEmpty, let last, let loaded = try? source.load(settings: last.settings) { return loaded }
        return try source.load(settings: recipe.settings)
    }

    /// Which runs are told of: the last two of the recipe, and the one that is asked for where it would be another.
    private static func text(_ runs: [(number: Int, run: RunRecord)], asked: [String]) -> String {
        guard let last = runs.first?.run else { return "" }
        var lines = zip(["the last run:", "before that:"], runs).map { name, found in
            "\(name) run \(found.number) of \(found.run.when), \(text(found.run.settings))"
        }
        if asked != last.settings { lines.insert("a run \(text(asked)), compared with", at: 0) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func text(_ settings: [String]) -> String {
        settings.isEmpty
            ? "without --set"
            : "with "
                + settings.map { "--set " + TerminalText(ShellWord($0).description).shortened(to: 60) }
                .joined(separator: " ")
    }
}

extension ExecutionGraph {
    /// The node and cell whose result a file in the output folder holds.
    fileprivate func title(ofOutput file: String, in folder: String) -> String? {
        func standard(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
        let wanted = standard(file)
        for output in outputs where standard("\(folder)/\(output.path)") == wanted {
            if case .artifact(let index) = output.source { return instances[index].title }
        }
        return nil
    }

    /// - Throws: `UnknownOutput` for what is no node, and a path.
    fileprivate func checkIsNoOutput(_ name: String, in folder: String) throws {
        let node = name.prefix { $0 != "[" }
        let kind = (name as NSString).pathExtension
        let isFile = node.contains("/") || !kind.isEmpty && outputs.contains { $0.path.hasSuffix(".\(kind)") }
        guard isFile, !instances.contains(where: { $0.node == node }) else { return }
        let paths = outputs.map { (folder as NSString).appendingPathComponent($0.path) }
        throw UnknownOutput(path: name, nearest: nearMatch(to: name, among: paths))
    }
}

/// A file given to `explain` that the recipe does not write.
struct UnknownOutput: Error, CustomStringConvertible {
    let path: String
    let nearest: String?

    var description: String {
        let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
        return TerminalText("the recipe has no output `\(path)`\(advice)").escaped()
    }
}
