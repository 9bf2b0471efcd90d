import Foundation
import Graph
import Recipes
import Runner

/// The part of a report's data that does not change while the run goes on, as its page reads it.
struct ReportDocument: Encodable {
    struct Recipe: Encodable {
        let name: String
        let file: String
        let description: String?
        let settings: [String]
        let parameters: [Named]
        let sources: [Source]
    }

    struct Named: Encodable {
        let name: String
        let value: String
    }

    struct Source: Encodable {
        let name: String
        let text: String
    }

    struct Axis: Encodable {
        let name: String
        let values: [String]
    }

    struct Node: Encodable {
        let name: String
        let kind: String
        /// `recipe.yaml:12`
        let place: String
        /// Whether it only names files and so is never cached.
        let isReference: Bool
    }

    struct Instance: Encodable {
        let node: Int
        /// By axis, of those that touch it: which of the axis's values.
        let cell: [String: Int]
        let inputs: [Int]
    }

    struct Entry: Encodable {
        let instance: Int
        let output: String?
        let baseline: String?
        let measurers: [Int]
        let expectations: [Int]
        /// The command that takes the picture for its baseline.
        let approve: String?
    }

    struct Expectation: Encodable {
        let text: String
        let field: String
        let comparison: String
        let bound: Double
        let instance: Int
        let place: String
    }

    let recipe: Recipe
    let program: ReportSubject.Program
    let machine = MachineDescription.here
    let commit: GitCommit?
    /// Seconds since 1970.
    let started: Double
    let out: String
    let run: String
    let axes: [Axis]
    let nodes: [Node]
    let instances: [Instance]
    let entries: [Entry]
    let expectations: [Expectation]

    /// Of all texts of the recipe together.
    private static let longestSource = 256 << 10

    init(_ subject: ReportSubject) {
        let graph = subject.graph
        recipe = Self.recipe(subject)
        program = subject.program
        commit = GitCommit(around: subject.options.recipe, environment: ProcessInfo.processInfo.environment)
        started = subject.started.timeIntervalSince1970
        out = subject.options.out
        run = ShellWord.line(
            ["pulid-run", graph.file] + subject.options.settings.flatMap { ["--set", $0] }
        )

        var axes: [(name: String, values: [String], places: [Value: Int])] = []
        var axisPlaces: [String: Int] = [:]
        var nodes: [Node] = []
        var nodePlaces: [String: Int] = [:]
        instances = graph.instances.map { instance in
            let node = nodePlaces[instance.node] ?? nodes.count
            if node == nodes.count {
                nodePlaces[instance.node] = node
                nodes.append(
                    Node(
                        name: shown(instance.node),
                        kind: instance.schema.name,
                        place: Self.place(instance.location),
                        isReference: instance.schema.evaluation == .reference
                    )
                )
            }
            var cell: [String: Int] = [:]
            for coordinate in instance.cell.coordinates {
                let axis = axisPlaces[coordinate.axis] ?? axes.count
                if axis == axes.count {
                    axisPlaces[coordinate.axis] = axis
                    axes.append((shown(coordinate.axis), [], [:]))
                }
                let value = axes[axis].places[coordinate.value] ?? axes[axis].values.count
                if value == axes[axis].values.count {
                    axes[axis].places[coordinate.value] = value
                    axes[axis].values.append(shown(coordinate.value.description))
                }
                cell[axes[axis].name] = value
            }
            return Instance(node: node, cell: cell, inputs: instance.inputs.sorted { $0.key < $1.key }.flatMap(\.value))
        }
        self.axes = axes.map { Axis(name: $0.name, values: $0.values) }
        self.nodes = nodes
        entries = subject.entries.map { entry in
            Entry(
                instance: entry.instance,
                output: entry.output.map(shown),
                baseline: entry.baseline.map { shown(pathFromHere($0.path)) },
                measurers: entry.measurers,
                expectations: entry.expectations,
                approve: entry.baseline.map { _ in Self.approval(of: graph.instances[entry.instance], subject) }
            )
        }
        expectations = graph.expectations.map {
            Expectation(
                text: shown($0.text),
                field: $0.field,
                comparison: $0.comparison.rawValue,
                bound: $0.bound,
                instance: $0.instance,
                place: Self.place($0.location)
            )
        }
    }

    private static func recipe(_ subject: ReportSubject) -> Recipe {
        var left = longestSource
        let sources = subject.sources.texts.values.sorted { $0.name < $1.name }.map { source in
            let text = source.bytes.prefix(left)
            left -= text.count
            return Source(
                name: shown(source.name),
                text: TerminalText(String(decoding: text, as: UTF8.self)).escaped(keepsLines: true)
            )
        }
        return Recipe(
            name: shown(subject.graph.name),
            file: shown(subject.graph.file),
            description: subject.description.map { TerminalText($0).escaped(keepsLines: true) },
            settings: subject.options.settings.map(shown),
            parameters: subject.graph.parameters.sorted { $0.key < $1.key }
                .map { Named(name: shown($0.key), value: shown($0.value.description)) },
            sources: sources
        )
    }

    private static func approval(of instance: Graph.Instance, _ subject: ReportSubject) -> String {
        AcceptCommand(recipe: subject.graph.file, settings: subject.options.settings)
            .line(only: [InstanceName(instance).title])
    }

    static func place(_ location: SourceLocation) -> String {
        let file = shown(location.file)
        return location.line > 0 ? "\(file):\(location.line)" : file
    }
}

/// Text of a recipe or a file system, without what would turn the direction of a line or cannot be seen.
func shown(_ text: String) -> String { TerminalText(text).escaped() }
