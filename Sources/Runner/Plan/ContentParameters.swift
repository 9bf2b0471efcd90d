import Graph

extension Instance {
    /// The parameters that name files, as they stand in the key: by content, wherever the files lie.
    ///
    /// - Throws: what `fileDigest` throws.
    func contentParameters(fileDigest: (String) throws -> Digest) throws -> [String: Value] {
        var result: [String: Value] = [:]
        for parameter in schema.parameters where parameter.form.mentionsFile {
            guard let value = self.parameter(parameter.name) else { continue }
            result[parameter.name] = try parameter.form.byContent(value, fileDigest: fileDigest)
        }
        return result
    }

    /// The files that its parameters name.
    public var namedFiles: [String] {
        guard schema.readsFiles else { return [] }
        var paths: [String] = []
        let none = Digest(of: [])
        _ = try? contentParameters { path in
            paths.append(path)
            return none
        }
        return paths
    }
}

extension ParameterForm {
    fileprivate func byContent(_ value: Value, fileDigest: (String) throws -> Digest) throws -> Value {
        switch (self, value) {
        case (.file, .string(let path)): .string(try fileDigest(path).hex)
        case (.optional(let form), _) where value != .null: try form.byContent(value, fileDigest: fileDigest)
        case (.list(let form), .list(let items)):
            .list(try items.map { try form.byContent($0, fileDigest: fileDigest) })
        case (.object(let fields), .map(let map)):
            .map(
                try Dictionary(
                    uniqueKeysWithValues: map.map { key, value in
                        let form = fields.first { $0.name == key }?.form
                        return (key, try form?.byContent(value, fileDigest: fileDigest) ?? value)
                    }
                )
            )
        case (.map(let form), .map(let map)):
            .map(try map.mapValues { try form.byContent($0, fileDigest: fileDigest) })
        case (.oneOf(let forms), _):
            try ParameterForm.taken(by: value, among: forms)?.byContent(value, fileDigest: fileDigest) ?? value
        default: value
        }
    }
}
