extension ExecutionGraph {
    /// The same recipe, in which what is measured against a baseline may be like one of several.
    ///
    /// - Parameter further: more files for baselines, by the paths that the recipe gives
    public func accepting(_ further: [String: [String]]) -> ExecutionGraph {
        let known = baselines.filter { further[$0.path]?.isEmpty == false }
        guard !known.isEmpty else { return self }
        // New readers come first, so that all else only moves on.
        var readers: [Instance] = []
        var placesByReader: [Int: Range<Int>] = [:]
        for baseline in known where placesByReader[baseline.reader] == nil {
            let first = readers.count
            let reader = instances[baseline.reader]
            for (number, path) in (further[baseline.path] ?? []).enumerated() {
                readers.append(
                    Instance(
                        node: "\(reader.node).\(number + 2)",
                        cell: reader.cell,
                        schema: reader.schema,
                        parameters: reader.parameters.mapValues { _ in .string(path) },
                        inputs: [:],
                        location: reader.location,
                        valueLocations: reader.valueLocations
                    )
                )
            }
            placesByReader[baseline.reader] = first..<readers.count
        }
        let offset = readers.count
        var swept: [ObjectIdentifier: SweptNode] = [:]
        let moved = instances.map { instance in
            let old = instance.swept
            let new = swept[ObjectIdentifier(old)] ?? old.moved(by: offset, adding: placesByReader)
            swept[ObjectIdentifier(old)] = new
            return instance.moved(to: new)
        }
        return ExecutionGraph(
            name: name,
            file: file,
            parameters: parameters,
            instances: readers + moved,
            outputs: outputs.map { output in
                let source: Output.Source =
                    switch output.source {
                    case .artifact(let index): .artifact(index + offset)
                    case .table(let indices): .table(indices.map { $0 + offset })
                    }
                return Output(path: output.path, source: source, location: output.location)
            },
            expectations: expectations.map { $0.moved(by: offset) }
        )
    }
}

extension SweptNode {
    /// - Parameters:
    ///   - offset: how far all instances have moved on
    ///   - readers: by the place that an instance had, those to be read along with it as baselines
    fileprivate func moved(by offset: Int, adding readers: [Int: Range<Int>]) -> SweptNode {
        SweptNode(
            name: name,
            schema: schema,
            location: location,
            valueLocations: valueLocations,
            constants: constants,
            varying: varying,
            coordinates: coordinates,
            inputs: inputs.map { port, sources in
                let isBaseline = schema.inputs.contains { $0.name == port && $0.baselineOf != nil }
                return (
                    port,
                    sources.map { source in
                        source.mapped { isBaseline ? [$0 + offset] + (readers[$0].map(Array.init) ?? []) : [$0 + offset] }
                    }
                )
            }
        )
    }
}
