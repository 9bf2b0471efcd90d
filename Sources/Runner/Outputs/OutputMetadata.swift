import Foundation
import Graph

/// What a picture says of its own making: enough to make it again, and nothing that differs between two runs of the same,
/// such as times or where folders lie.
struct OutputMetadata: Sendable {
    /// What all pictures of a run have in common, and the same as part of the names of their contents.
    private let common: [FileMetadata]
    private let commonContent: Digest
    private let recipe: ResultRecipe
    private let graph: ExecutionGraph
    private let environment: RunEnvironment

    /// The names of its texts, each after `pulid-run.`.
    enum Name: String {
        case version, recipe, file, settings, parameters, decided, node, cell, key, result, files, tools

        var full: String { "pulid-run.\(rawValue)" }
    }

    init(graph: ExecutionGraph, options: RunOptions, environment: RunEnvironment) {
        self.graph = graph
        self.environment = environment
        recipe = ResultRecipe(graph, recipe: options.recipe)
        common =
            [
                FileMetadata(.version, environment.version),
                FileMetadata(.recipe, graph.name),
                FileMetadata(.file, options.recipeForReplay),
                FileMetadata(.settings, Value.list(options.settings.map { .string($0) }).json),
                FileMetadata(.parameters, Value.map(graph.parameters).json),
            ] + (Self.decided(graph).map { [FileMetadata(.decided, $0)] } ?? [])
        var encoder = CanonicalEncoder()
        for entry in common { encoder.append(.list([.string(entry.key), .string(entry.text)])) }
        commonContent = Digest(of: encoder.bytes)
    }

    /// What this machine decided of models, such as `{"sdxl.precision": "f32"}` where a recipe says auto; nil where it decided
    /// nothing.
    private static func decided(_ graph: ExecutionGraph) -> String? {
        var decided: [String: Value] = [:]
        for instance in graph.instances where instance.schema.evaluation == .reference {
            for parameter in instance.schema.parameters {
                guard case .choice(_, let others) = parameter.form,
                    case .string(let value)? = instance.parameter(parameter.name), let here = others.decidedHere[value]
                else { continue }
                decided["\(instance.node).\(parameter.name)"] = .string(here)
            }
        }
        return decided.isEmpty ? nil : Value.map(decided).json
    }

    /// Names what `entries` gives, without making it.
    func append(to encoder: inout CanonicalEncoder, for instance: Instance, key: Digest) {
        encoder.append(commonContent)
        if let digest = recipe.digest(of: instance) { encoder.append(digest) }
        encoder.append(placeOf: instance)
        encoder.append(key)
    }

    /// - Parameters:
    ///   - key: of the result that the picture shows: names all that it depends on.
    ///   - output: the picture's path in the output folder.
    ///   - files: the digests of the files that an instance reads itself, by path.
    func entries(
        for index: Int,
        key: Digest,
        output: String,
        files: (Int) -> [String: Digest]
    ) -> [FileMetadata] {
        let instance = graph.instances[index]
        let closure = recipe.closure(of: index)
        var read: [String: Value] = [:]
        var tools: [String: Value] = [:]
        for part in closure {
            for (path, digest) in files(part) { read[recipe.relative(path)] = .string(digest.hex) }
            let schema = graph.instances[part].schema
            guard schema.evaluation != .reference else { continue }
            tools[schema.name] = .string(
                "version \(schema.version), \(environment.numerics(of: graph.instances[part].swept))"
            )
        }
        var entries =
            common + [
                FileMetadata(.node, instance.node), FileMetadata(.cell, Self.text(of: instance.cell)),
                FileMetadata(.key, key.hex), FileMetadata(.files, Value.map(read).json),
                FileMetadata(.tools, Value.map(tools).json),
            ]
        if let result = recipe.recipe(of: index, output: output) { entries.append(FileMetadata(.result, result.json)) }
        return entries
    }

    static func text(of cell: Cell) -> String {
        let values = cell.coordinates.map { ($0.axis, $0.value) }
        return Value.map(Dictionary(values, uniquingKeysWith: { first, _ in first })).json
    }
}

extension FileMetadata {
    fileprivate init(_ name: OutputMetadata.Name, _ text: String) { self.init(name.full, text) }
}

extension RunOptions {
    /// The recipe's path seen from the output folder, which a copy of both keeps; its name alone where the two have no
    /// folder in common.
    var recipeForReplay: String {
        let from = Self.components(out)
        let to = Self.components(recipe)
        let common = zip(from, to).prefix { $0 == $1 }.count
        // The first component is the root itself.
        guard common > 1 else { return to.last ?? "" }
        return (Array(repeating: "..", count: from.count - common) + to[common...]).joined(separator: "/")
    }

    private static func components(_ path: String) -> [String] {
        URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    }
}
