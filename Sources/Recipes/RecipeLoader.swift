import Graph

/// Reads recipes: text to a located tree, names looked up, everything checked, sweeps expanded.
public struct RecipeLoader: Sendable {
    let registry: NodeRegistry
    let files: any RecipeFiles
    private let limits: SweepLimits

    public init(
        registry: NodeRegistry,
        files: any RecipeFiles = LocalFiles(),
        limits: SweepLimits = SweepLimits()
    ) {
        self.registry = registry
        self.files = files
        self.limits = limits
    }

    /// - Parameters:
    ///   - file: the recipe, as the user names it; messages name it so too.
    ///   - settings: what `--set` gives, each `name=value`.
    ///   - varied: what settings may name besides.
    /// - Throws: `RecipeError` with everything that is wrong.
    public func load(
        file: String,
        settings: [String],
        varied: [VariedParameter] = []
    ) throws -> LoadedRecipe {
        let diagnostics = DiagnosticCollector()
        let index = FileIndex(files)
        let resolver = IncludeResolver(index: index, diagnostics: diagnostics)
        let document = resolver.resolve(file)
        let listed = ListedValues(files: index, sources: resolver.sources, diagnostics: diagnostics)
        func failure() -> RecipeError { RecipeError(diagnostics: diagnostics.sorted, sources: listed.sources) }

        guard var document else { throw failure() }
        for parameter in varied { document.vary(parameter, registry: registry) }
        let scope = Scope()
        let sweep = sweep(document, settings: settings, scope: scope, listed: listed, diagnostics: diagnostics)
        let (space, sources) = (sweep.space, listed.sources)
        let recipe = CompiledRecipe(
            registry: registry,
            scope: scope,
            space: space,
            sources: sources,
            files: index,
            diagnostics: diagnostics
        )
        recipe.tableOfColumn = sweep.tableOfColumn
        let fits = compile(document, into: recipe, file: file)
        let checked = check(recipe)
        guard fits, space.isSound || !diagnostics.hasErrors else { throw failure() }

        var elaborator = Elaborator(recipe: recipe, parameters: checked.parameters, mostInputs: limits.inputs)
        elaborator.addNodes()
        GatheredCells(diagnostics: diagnostics).check(elaborator.instances, isComplete: elaborator.isComplete)
        guard !diagnostics.hasErrors else { throw failure() }
        let outputs = zip(recipe.outputs, checked.outputs).flatMap { elaborator.outputs($0, names: $1) }
        let expectations = zip(recipe.expectations, checked.bounds).flatMap { elaborator.expectations($0, bounds: $1) }
        guard !diagnostics.hasErrors else { throw failure() }
        InputDoubts(diagnostics: diagnostics).check(elaborator.instances)

        let graph = ExecutionGraph(
            name: document.name?.text ?? FilePath.stem(of: file),
            file: file,
            parameters: scope.params.compactMapValues { $0.value?.value },
            instances: elaborator.instances,
            outputs: outputs,
            expectations: expectations,
            narrowed: space.axes.compactMap { axis in
                axis.narrowedFrom.map { NarrowedAxis(name: axis.name, values: axis.values.count, declared: $0) }
            }
        )
        return LoadedRecipe(
            graph: graph,
            description: document.description,
            settings: sweep.settings,
            diagnostics: diagnostics.sorted,
            sources: sources,
            recipeFiles: Set(resolver.sources.texts.keys),
            outline: RecipeOutline(recipe: recipe, outputPaths: checked.outputs.map { $0.map(\.path) })
        )
    }

    /// Params and axes, with what `--set` says of them; and that again, as `LoadedRecipe.settings` has it.
    func sweep(
        _ document: RecipeDocument,
        settings arguments: [String],
        scope: Scope,
        listed: ListedValues,
        diagnostics: DiagnosticCollector
    ) -> (space: CellSpace, settings: [String], tableOfColumn: [String: Scalar]) {
        var canonical: [String: String] = [:]
        let settings = Setting.read(arguments, diagnostics: diagnostics)
        let plainValues = TemplateCompiler(scope: Scope(), diagnostics: diagnostics)
        for param in document.params {
            let name = param.name.text
            var value = plainValues.compile(param.value, for: "the param \(code(name))")?.constant
            if let setting = settings[name], let declared = value {
                value = setting.value(inPlaceOf: declared, diagnostics: diagnostics)
                canonical[name] = value.flatMap { setting.canonical($0.value, inPlaceOf: declared.value) }
            }
            scope.define(param: name, Scope.Param(location: param.name.location, value: value))
        }
        let values = TemplateCompiler(
            scope: scope,
            diagnostics: diagnostics,
            axesRefused: "the values of an axis cannot depend on an axis"
        )
        scope.define(axes: document.axes.map(\.name.text))
        let declared = DeclaredAxes(
            document,
            settings: settings,
            compiler: values,
            listed: listed,
            diagnostics: diagnostics
        )
        scope.define(axes: declared.axes.prefix(AxisSet.capacity).map(\.name.text))
        for table in declared.tables.map(\.text) {
            let columns = declared.axes.map(\.name.text).filter { declared.tableOfColumn[$0]?.text == table }
            scope.define(table: table, columns: columns)
        }
        scope.lacksColumns = declared.isIncomplete
        let names = scope.names + declared.tables.map(\.text)
        for setting in settings.values where !names.contains(setting.name) && !scope.lacksColumns {
            diagnostics.error(
                "the recipe has no param or axis \(code(setting.name))",
                at: setting.location,
                hint: diagnostics.suggestion(for: setting.name, among: names)
                    ?? hint(forNodesSetting: setting.name, document)
                    ?? hint(forKey: setting.name, axes: declared.axes.map(\.name.text))
                    ?? (names.isEmpty ? "it has none: a value of `params` can be set" : "it has \(enumeration(names))")
            )
        }
        let reader = SweepReader(compiler: values, listed: listed, diagnostics: diagnostics)
        let space = reader.read(document, declared, settings: settings)
        for axis in space.axes {
            canonical[axis.name] = settings[axis.name].map { setting in
                setting.canonical(axis: axis.order.map { axis.values[Int($0)].value }, diagnostics: diagnostics)
            }
        }
        for table in declared.tables.map(\.text) {
            canonical[table] = settings[table].map { $0.canonical(axis: [], diagnostics: diagnostics) }
        }
        return (space, canonical.keys.sorted().compactMap { canonical[$0] }, declared.tableOfColumn)
    }

    /// `--set 'exclude=[{photo: bad.jpg}]'`
    private func hint(forKey name: String, axes: [String]) -> String? {
        guard DocumentReader.keys.contains(name) else { return nil }
        let axis = axes.first.map { "; `--set '\($0)=[...]'` gives an axis only the values that are to run" } ?? ""
        return "\(code(name)) is part of the recipe's text, and `--set` changes params and axes\(axis)"
    }

    /// `--set guidance=2` and `--set latent.guidance=2`, where a node has that parameter and the recipe no such param.
    private func hint(forNodesSetting name: String, _ document: RecipeDocument) -> String? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard let wanted = parts.last, !wanted.contains(".") else { return nil }
        for node in document.nodes where parts.count == 1 || node.name.text == parts[0] {
            guard let schema = node.kind.flatMap({ registry[$0.text] }) else { continue }
            let own = schema.otherNames.own(for: wanted) ?? wanted
            guard isName(own), schema.parameters.contains(where: { $0.name == own }) else { continue }
            if let inserted = node.arguments.first(where: { $0.key.text == own })?.value.insertedName {
                return "\(code(own)) of \(code(node.name.text)) is `${\(inserted)}`: `--set \(inserted)=...` changes it"
            }
            return "it is of the node \(code(node.name.text)): write `\(own): \"${\(own)}\"` there and its value under "
                + "`params`, as in `params: {\(own): ...}`; then `--set \(own)=...` changes it"
        }
        return nil
    }

    /// Looks up every name, orders the nodes, and finds what is needed.
    ///
    /// - Returns: whether the sweep is of a size to be gone through
    private func compile(_ document: RecipeDocument, into recipe: CompiledRecipe, file: String) -> Bool {
        NodeCompiler(recipe: recipe).compile(document.nodes)
        // What outputs mention does not make a node depend on an axis.
        let nodeAxes = recipe.scope.usedAxes
        recipe.outputs = document.outputs.compactMap(OutputCompiler(recipe: recipe).compile)
        recipe.expectations = document.expectations.compactMap(Expectations(recipe: recipe).compile)
        Cycles(recipe: recipe).check()
        Gathering(recipe: recipe).check()

        let isWhole =
            recipe.outputs.count == document.outputs.count
            && recipe.expectations.count == document.expectations.count
        let goals = recipe.outputs.map(\.source.node) + recipe.expectations.map(\.source.node)
        recipe.wanted = !isWhole || goals.isEmpty ? Set(recipe.nodes.indices) : reachable(from: goals, in: recipe)
        UnusedNames(recipe: recipe, document: document, file: file).check(nodeAxes: nodeAxes)
        return SweepSize(recipe: recipe, mostInstances: limits.instances).check()
    }

    private func reachable(from goals: [Int], in recipe: CompiledRecipe) -> Set<Int> {
        var reached = Set(goals)
        var open = goals
        while let node = open.popLast() {
            for source in recipe.nodes[node].sources where reached.insert(source.node).inserted {
                open.append(source.node)
            }
        }
        return reached
    }

    /// Everything that needs the cells: parameters, output names, bounds of expectations.
    private func check(
        _ recipe: CompiledRecipe
    ) -> (
        parameters: [Int: CheckedParameters], outputs: [[(path: String, isTable: Bool)]], bounds: [[ExpectationBound]]
    ) {
        let nodeParameters = NodeParameters(recipe: recipe)
        var parameters: [Int: CheckedParameters] = [:]
        for (index, node) in recipe.nodes.enumerated() { parameters[index] = nodeParameters.check(node) }

        let gathering = Gathering(recipe: recipe)
        let paths = OutputPaths(recipe: recipe)
        var outputs: [[(path: String, isTable: Bool)]] = []
        for i in recipe.outputs.indices {
            let source = recipe.outputs[i].source
            let read = recipe.nodes[source.node]
            recipe.outputs[i].axes = recipe.outputs[i].name.path.axes | source.axesGiven(by: read.axes)
            let isReadable = !read.isBroken && gathering.checkAxes(of: source)
            if let names = paths.check(recipe.outputs[i], isReadable: isReadable) { outputs.append(names) }
        }
        recipe.namesAlone.forEach(paths.check)
        paths.checkFolders()

        var bounds: [[ExpectationBound]] = []
        for i in recipe.expectations.indices {
            let source = recipe.expectations[i].source
            let read = recipe.nodes[source.node]
            let warning = recipe.expectations[i].warning?.axes ?? AxisSet()
            recipe.expectations[i].axes =
                recipe.expectations[i].bound.axes | warning | source.axesGiven(by: read.axes)
            guard !read.isBroken, gathering.checkAxes(of: source) else { continue }
            if let numbers = Expectations(recipe: recipe).bounds(recipe.expectations[i]) { bounds.append(numbers) }
        }
        return (parameters, outputs, bounds)
    }
}
