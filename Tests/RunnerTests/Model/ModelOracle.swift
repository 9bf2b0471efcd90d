/// What is known, and what a run must therefore do: worked out from the definitions, anew for each run.
struct ModelOracle {
    /// What results are known, by what they were made of.
    private(set) var traces: [String: ModelValue] = [:]
    /// Those whose bytes the cache has.
    private(set) var values: Set<ModelValue> = []
    /// What lies in the files, and what undeclared code gives.
    var files: [String] = ModelRecipe.files.map { "\($0)" }
    var code: [Double] = ModelRecipe.files.map { Double($0) }
    var numerics = "toy"

    /// What a run comes to.
    struct Prediction {
        /// What it gives, by node; nothing where it fails or a node before it does.
        var values: [Int: ModelValue] = [:]
        var keys: [Int: String] = [:]
        var needed: Set<Int> = []
        var failing: Set<Int> = []
        /// Nodes that run in any case, and those that may. They differ only where values are gone: whether one is asked for
        /// may then depend on what the cache remembers of an output, and on which of those that give the same runs first.
        var least: Set<String> = []
        var most: Set<String> = []
        /// Nodes whose code gives something else now than what is known under their key.
        var drifted: Set<Int> = []
    }

    mutating func evict() { values = [] }
    mutating func damage(_ value: ModelValue) { values.remove(value) }

    mutating func learn(_ key: String, _ value: ModelValue) {
        traces[key] = value
        values.insert(value)
    }

    func predict(
        _ recipe: ModelRecipe,
        targets: [Int],
        forced: Set<String> = [],
        isInPlace: (Int, ModelValue) -> Bool
    ) -> Prediction {
        var result = Prediction()
        for index in recipe.nodes.indices.reversed()
        where targets.contains(index) || result.needed.contains(index) {
            result.needed.insert(index)
            result.needed.formUnion(recipe.nodes[index].inputs)
        }
        for index in result.needed.sorted() { evaluate(index, recipe.nodes[index], recipe, forced, &result) }
        let done = result.needed.filter { result.values[$0] != nil }
        let calm = Set(done.filter { !forced.contains(recipe.nodes[$0].name) }.compactMap { result.keys[$0] })
        let missing = done.filter { index in
            guard let key = result.keys[index] else { return false }
            // One of two equal nodes that is not forced gives the result of both.
            return traces[key] == nil || forced.contains(recipe.nodes[index].name) && !calm.contains(key)
        }
        let absent = targets.filter { index in result.values[index].map { !isInPlace(index, $0) } ?? false }
        let least = close(missing, demanded: absent, recipe, result, sharesValues: true)
        let forcedToo = missing.union(done.filter { forced.contains(recipe.nodes[$0].name) })
        let most = close(forcedToo, demanded: targets, recipe, result, sharesValues: false)
        result.least = Set(least.compactMap { result.keys[$0] })
        result.most = Set(most.compactMap { result.keys[$0] })
        result.drifted = most.filter { index in
            let node = recipe.nodes[index]
            return node.kind == .drift && result.values[index] != .number(code[node.file])
        }
        return result
    }

    private func evaluate(
        _ index: Int,
        _ node: ModelRecipe.Node,
        _ recipe: ModelRecipe,
        _ forced: Set<String>,
        _ result: inout Prediction
    ) {
        let inputs = node.inputs.map { result.values[$0] }
        guard !inputs.contains(nil) else { return }
        let given = inputs.compactMap { $0 }
        var key = "\(numerics) \(node.kind)"
        if node.kind.hasNumber { key += " \(node.number)" }
        if node.kind == .read { key += " \(files[node.file])" }
        if node.kind == .drift { key += " \(node.file)" }
        if node.kind == .table { key += " \(node.inputs.map { recipe.nodes[$0].cell ?? -1 })" }
        key += " \(given)"
        result.keys[index] = key
        let numbers = given.map(\.number)
        let value: ModelValue
        switch node.kind {
        case .constant: value = .number(node.number)
        case .add, .shift: value = .number(numbers.dropFirst().reduce(numbers[0], +))
        case .sum: value = .number(numbers.reduce(0, +))
        case .scale: value = .number(numbers[0] * node.number)
        case .round: value = .number(numbers[0].rounded(.down))
        case .mean: value = .number(numbers.reduce(0, +) / Double(numbers.count))
        case .read: value = .number(Double(files[node.file]) ?? .nan)
        case .fail:
            guard numbers[0] < node.number else {
                result.failing.insert(index)
                return
            }
            value = given[0]
        case .table:
            let lines = zip(node.inputs, numbers).map { "x=\(recipe.nodes[$0].cell ?? -1): \($1)\n" }
            value = .text(lines.joined())
        case .caption: value = .text("c\(node.number)")
        case .paint: value = .painted(given[0].text, width: 64)
        case .drift:
            let known = forced.contains(node.name) ? nil : traces[key]
            value = known ?? .number(code[node.file])
        }
        result.values[index] = value
    }

    /// With those that run, those whose values they ask for and the cache has not.
    private func close(
        _ running: Set<Int>,
        demanded: [Int],
        _ recipe: ModelRecipe,
        _ result: Prediction,
        sharesValues: Bool
    ) -> Set<Int> {
        var running = running
        var stack = demanded + running.union(result.failing).flatMap { recipe.nodes[$0].inputs }
        while let index = stack.popLast() {
            guard let value = result.values[index], !running.contains(index), !values.contains(value) else { continue }
            let others = result.needed.filter { result.values[$0] == value && result.keys[$0] != result.keys[index] }
            if sharesValues, !others.isEmpty { continue }
            running.insert(index)
            stack += recipe.nodes[index].inputs
        }
        return running
    }
}
