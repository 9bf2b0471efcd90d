import Foundation
import Graph

/// The recipe of one result alone: the nodes that it rests on, with every setting and every text as they were, in the
/// language of recipes, so that it can be read and run where the recipe itself is lost.
///
/// Where no axis is left, values stand in the place of templates. A result that gathers a sweep keeps the axes, with the
/// values that it gathers.
struct ResultRecipe: Sendable {
    private let graph: ExecutionGraph
    /// Paths are told as seen from the recipe's folder.
    private let folder: [String]
    /// By the first instance of each swept node: what it and all that it rests on say, whatever the cell.
    private let digests: [ObjectIdentifier: Digest]
    /// A sheet with more holes than these is not told as a recipe.
    private static let mostExcluded = 500

    /// - Parameter recipe: the recipe's file.
    init(_ graph: ExecutionGraph, recipe: String) {
        self.graph = graph
        let folder = URL(fileURLWithPath: recipe).standardizedFileURL.deletingLastPathComponent().pathComponents
        self.folder = folder
        var digests: [ObjectIdentifier: Digest] = [:]
        for instance in graph.instances where digests[ObjectIdentifier(instance.swept)] == nil {
            digests[ObjectIdentifier(instance.swept)] = Self.digest(instance.swept, graph, digests, folder)
        }
        self.digests = digests
    }

    // MARK: - Whether it would be another

    /// Names what is the same in the recipes of all of a node's results: names, kinds, settings, paths.
    func digest(of instance: Instance) -> Digest? { digests[ObjectIdentifier(instance.swept)] }

    private static func digest(
        _ node: SweptNode,
        _ graph: ExecutionGraph,
        _ known: [ObjectIdentifier: Digest],
        _ folder: [String]
    ) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append(.list([.string(node.name), .string(node.schema.name), .integer(Int128(node.schema.version))]))
        encoder.append(.map(written(node.constants, of: node.schema, from: folder)))
        encoder.append(.map(node.templates))
        for (port, sources) in node.inputs {
            encoder.append(.list([.string(port)] + (node.references[port] ?? []).map { .string($0) }))
            for source in sources {
                guard let read = source.anyInstance else { continue }
                if let digest = known[ObjectIdentifier(graph.instances[read].swept)] { encoder.append(digest) }
            }
        }
        return Digest(of: encoder.bytes)
    }

    // MARK: - The recipe

    /// The instances that a result rests on, itself included, in the graph's order.
    func closure(of index: Int) -> [Int] {
        var seen: Set<Int> = [index]
        var stack = [index]
        while let current = stack.popLast() {
            for source in graph.instances[current].inputs.values.joined() where seen.insert(source).inserted {
                stack.append(source)
            }
        }
        return seen.sorted()
    }

    /// - Parameters:
    ///   - index: of the result
    ///   - output: the file that shows it
    /// - Returns: nil where it cannot be told as a recipe
    func recipe(of index: Int, output: String) -> Value? {
        let closure = closure(of: index)
        let told = closure.filter { !graph.instances[$0].isLoader }
        let gathers = closure.contains { reader in
            graph.instances[reader].schema.inputs.contains { port in
                port.arity == .gathered
                    && (graph.instances[reader].inputs(of: port.name) ?? []).contains {
                        !graph.instances[$0].cell.coordinates.isEmpty
                    }
            }
        }
        let isSwept = gathers || Set(told.map { graph.instances[$0].node }).count < told.count
        var document: [String: Value] = ["recipe": .string(graph.name)]
        var shown = "$\(graph.instances[index].node)"
        var nodes: [String: Value] = [:]
        for instance in told {
            let told = node(graph.instances[instance], keepsAxes: isSwept)
            let name = graph.instances[instance].node
            guard nodes[name] == nil || nodes[name] == told else { return nil }
            nodes[name] = told
        }
        document["nodes"] = .map(nodes)
        if isSwept {
            let (axes, excluded) = sweep(closure)
            guard excluded.count <= Self.mostExcluded else { return nil }
            document["axes"] = .map(axes)
            if !excluded.isEmpty { document["exclude"] = .list(excluded) }
            let pins = graph.instances[index].cell.coordinates.filter { coordinate in
                if case .list(let values)? = axes[coordinate.axis] { values.count > 1 } else { false }
            }
            if !pins.isEmpty { shown += "[\(pins.map { "\($0.axis)=\($0.value)" }.joined(separator: ", "))]" }
        }
        document["outputs"] = .map([output.replacing("$", with: "$$"): .string(shown)])
        return .map(document)
    }

    private func node(_ instance: Instance, keepsAxes: Bool) -> Value {
        var entries = Self.written(
            keepsAxes ? instance.swept.constants : instance.parameters,
            of: instance.schema,
            from: folder
        )
        if keepsAxes { entries.merge(instance.swept.templates) { $1 } }
        for port in instance.schema.inputs {
            guard let sources = instance.inputs(of: port.name), let first = sources.first else { continue }
            var texts = instance.swept.references[port.name] ?? []
            if graph.instances[first].isLoader {
                let loader = graph.instances[first]
                let told = node(loader, keepsAxes: keepsAxes)
                guard case .map(let fields) = told, let file = fields["file"] else { continue }
                entries[port.name] = file
                continue
            }
            if !keepsAxes || texts.isEmpty {
                texts = sources.map { "$\(graph.instances[$0].node)" + (port.arity == .gathered ? "[*]" : "") }
            }
            entries[port.name] = texts.count == 1 ? .string(texts[0]) : .list(texts.map { .string($0) })
        }
        entries["uses"] = .string(instance.schema.name)
        return .map(entries)
    }

    /// The values that the cells have, axis by axis, and the cells that they lack.
    private func sweep(_ closure: [Int]) -> (axes: [String: Value], excluded: [Value]) {
        var values: [String: [Value]] = [:]
        var cells: [[String]: Set<[Value]>] = [:]
        for index in closure {
            let coordinates = graph.instances[index].cell.coordinates
            for coordinate in coordinates where values[coordinate.axis]?.contains(coordinate.value) != true {
                values[coordinate.axis, default: []].append(coordinate.value)
            }
            cells[coordinates.map(\.axis), default: []].insert(coordinates.map(\.value))
        }
        var excluded: [Value] = []
        let widest = cells.keys.max { $0.count < $1.count } ?? []
        let product = widest.reduce([[]]) { cells, axis in
            cells.flatMap { cell in (values[axis] ?? []).map { cell + [$0] } }
        }
        for cell in product where cells[widest]?.contains(cell) != true {
            excluded.append(.map(Dictionary(zip(widest, cell), uniquingKeysWith: { a, _ in a })))
        }
        let axes = values.mapValues { values in
            Value.list(
                values.map { if case .string(let text) = $0 { .string(text.replacing("$", with: "$$")) } else { $0 } }
            )
        }
        return (axes, excluded)
    }

    // MARK: - Values as recipes write them

    /// The parameters that are not what they are anyway.
    private static func written(
        _ parameters: [String: Value],
        of schema: NodeSchema,
        from folder: [String]
    ) -> [String: Value] {
        var result: [String: Value] = [:]
        for parameter in schema.parameters {
            guard let value = parameters[parameter.name], value != parameter.defaultValue else { continue }
            result[parameter.name] = written(value, parameter.form, from: folder)
        }
        return result
    }

    private static func written(_ value: Value, _ form: ParameterForm, from folder: [String]) -> Value {
        switch (form, value) {
        case (.optional(let form), _): written(value, form, from: folder)
        case (.oneOf(let forms), _):
            written(value, ParameterForm.taken(by: value, among: forms) ?? .text, from: folder)
        case (.file, .string(let path)), (.path, .string(let path)):
            .string(relative(path, to: folder).replacing("$", with: "$$"))
        case (_, .string(let text)): .string(text.replacing("$", with: "$$"))
        case (.list(let form), .list(let items)): .list(items.map { written($0, form, from: folder) })
        case (.map(let form), .map(let map)): .map(map.mapValues { written($0, form, from: folder) })
        case (.object(let fields), .map(let map)):
            .map(
                Dictionary(
                    uniqueKeysWithValues: map.map { key, value in
                        (key, written(value, fields.first { $0.name == key }?.form ?? .text, from: folder))
                    }
                )
            )
        default: value
        }
    }

    /// A path as seen from the recipe's folder, so that a copy of the whole keeps it; absolute where the two have no folder
    /// in common.
    func relative(_ path: String) -> String { Self.relative(path, to: folder) }

    private static func relative(_ path: String, to folder: [String]) -> String {
        guard path.hasPrefix("/") else { return path }
        let there = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
        let common = zip(folder, there).prefix { $0 == $1 }.count
        // The first component is the root itself.
        guard common > 1 else { return path }
        return (Array(repeating: "..", count: folder.count - common) + there[common...]).joined(separator: "/")
    }
}

extension Instance {
    /// It reads a file that the recipe names in the place of a node.
    fileprivate var isLoader: Bool { node.contains(".") }
}
