import Graph

/// Puts the sweep together from `axes`, `zip`, `exclude` and `include`: the product of all axes, zipped ones going
/// together; less the cells excluded; and then the cells included.
struct SweepReader {
    private static let mostEntries = 1000

    let compiler: TemplateCompiler
    let listed: ListedValues
    let diagnostics: DiagnosticCollector

    func read(_ document: RecipeDocument, _ declared: DeclaredAxes, settings: [String: Setting]) -> CellSpace {
        let zips = document.zips + declared.zips
        let zipped = Set(zips.flatMap { $0.map(\.text) })
        var declarations = declared.axes
        if declarations.count > AxisSet.capacity {
            diagnostics.error(
                "a recipe has at most \(AxisSet.capacity) axes",
                at: declarations[AxisSet.capacity].name.location
            )
            declarations = Array(declarations[..<AxisSet.capacity])
        }
        let reader = AxisReader(compiler: compiler, listed: listed, diagnostics: diagnostics)
        var axes = declarations.map {
            reader.read($0, setting: settings[$0.name.text], isZipped: zipped.contains($0.name.text))
        }
        let (groups, bound, isZipped) = groups(zips, axes: &axes)
        guard !axes.contains(where: \.isBroken) else {
            let isSound = isZipped && document.includedCells.isEmpty && document.excludedCells.isEmpty
            return CellSpace(axes: axes, groups: groups, bound: bound, isSound: isSound, listed: nil)
        }
        // Included cells may bring new values, so they are read before excluded ones are looked up.
        var included: [CellTable] = []
        var count = 0
        for entry in entries(document.includedCells, "include", axes: axes) where count <= CellSpace.mostCells {
            guard let cells = includedCells(entry, axes: &axes, groups: groups) else { continue }
            included.append(cells)
            count += cells.count
        }
        let exclusions = entries(document.excludedCells, "exclude", axes: axes)
        let excluded = exclusions.compactMap { exclusion($0, axes: axes) }
        let areRead = included.count == document.includedCells.count && exclusions.count == document.excludedCells.count
        let isSound = isZipped && areRead
        guard count > 0 || !excluded.isEmpty else {
            return CellSpace(axes: axes, groups: groups, bound: bound, isSound: isSound, listed: nil)
        }
        let listed = cells(axes: axes, groups: groups, excluded: excluded, included: included)
        return CellSpace(axes: axes, groups: groups, bound: bound, isSound: isSound, listed: listed)
    }

    // MARK: zip

    /// The steps of the axes that go together, and which axes are meant to, whether or not their values match.
    private func groups(_ zips: [[Scalar]], axes: inout [Axis]) -> (
        steps: [CellTable], bound: [AxisSet], areWhole: Bool
    ) {
        var bound: [AxisSet] = []
        var groupOfAxis: [Int: [Int]] = [:]
        for zip in zips {
            let members = zip.compactMap { axis(named: $0, axes: axes) }.sorted()
            guard members.count == zip.count, Set(members).count == members.count else {
                if members.count == zip.count, let first = zip.first {
                    diagnostics.error("a group of `zip` names an axis twice", at: first.location)
                }
                continue
            }
            if let again = zip.first(where: { name in
                members.contains { axes[$0].name == name.text && groupOfAxis[$0] != nil }
            }) {
                diagnostics.error("the axis \(code(again.text)) is in two groups of `zip`", at: again.location)
                continue
            }
            bound.append(AxisSet(members))
            pickRows(members, axes: &axes)
            let lengths = Set(members.map { axes[$0].order.count })
            if lengths.count > 1 {
                if !members.contains(where: { axes[$0].isBroken }), let first = zip.first {
                    let counts = members.map { "\(code(axes[$0].name)) has \(axes[$0].order.count)" }
                    diagnostics.error(
                        "zipped axes need equally many values, but \(enumeration(counts))",
                        at: first.location,
                        hint: hint(forUnequal: members, axes: axes)
                    )
                }
                // What follows from a setting would be reported on top, at the lines of a recipe with which all is well.
                if members.contains(where: { axes[$0].isSet }) {
                    for member in members { axes[member] = axes[member].keeping([]) }
                }
                continue
            }
            for member in members { groupOfAxis[member] = members }
        }
        let orders = axes.map(\.order)
        let steps: [CellTable] = orders.indices.compactMap { axis in
            let members = groupOfAxis[axis] ?? [axis]
            guard members[0] == axis else { return nil }
            return CellTable(axes: members, columns: members.map { orders[$0] }, count: orders[axis].count).distinct
        }
        return (steps, bound, steps.count { $0.axes.count > 1 } == zips.count)
    }

    /// `--set` of one zipped axis, to values that it has anyway, picks the rows that have these.
    private func pickRows(_ members: [Int], axes: inout [Axis]) {
        let set = members.filter { axes[$0].isSet }
        guard let first = set.first, set.count < members.count,
            set.allSatisfy({ axis in axes[axis].values.allSatisfy { axes[axis].declares($0.value) } }),
            Set(members.map { axes[$0].declared.count }).count == 1
        else { return }
        let others = set.dropFirst().map { axis in Set(axes[axis].values.flatMap { axes[axis].places(of: $0.value) }) }
        let rows = axes[first].values.flatMap { axes[first].places(of: $0.value) }
            .filter { row in others.allSatisfy { $0.contains(row) } }
        guard !rows.isEmpty else { return }
        for member in members { axes[member] = axes[member].keeping(rows) }
    }

    private func hint(forUnequal members: [Int], axes: [Axis]) -> String {
        guard let set = members.first(where: { axes[$0].isSet }) else {
            return "leave `zip` out for every combination"
        }
        var known: [String] = []
        for value in axes[set].declared.map(\.value.description) where !known.contains(value) { known.append(value) }
        let all = "give `--set` for each of them"
        guard known.count <= 12 else { return all }
        return "pick rows by values that \(code(axes[set].name)) has, \(enumeration(known, "or")), or \(all)"
    }

    private func axis(named name: Scalar, axes: [Axis]) -> Int? {
        if let axis = axes.firstIndex(where: { $0.name == name.text }) { return axis }
        if compiler.scope.lacksColumns { return nil }
        diagnostics.error(
            "there is no axis \(code(name.text))",
            at: name.location,
            hint: diagnostics.suggestion(for: name.text, among: axes.map(\.name)) ?? axesThatThereAre(axes.map(\.name))
        )
        return nil
    }

    // MARK: include and exclude

    /// One item of `include` or `exclude`: by axis, the values it names.
    private struct Entry {
        let location: SourceLocation
        let values: [(axis: Int, name: Scalar, values: [LocatedValue])]
    }

    private func entries(_ nodes: [SyntaxNode], _ key: String, axes: [Axis]) -> [Entry] {
        if nodes.count > Self.mostEntries {
            diagnostics.error("`\(key)` has more than \(Self.mostEntries) cells", at: nodes[Self.mostEntries].location)
        }
        return nodes.prefix(Self.mostEntries).compactMap { node in
            guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
                diagnostics.error(
                    "`\(key)` lists cells, but \(node.found)",
                    at: node.location,
                    hint: "write a cell as `{style: neon, seed: 7}`"
                )
                return nil
            }
            let values = pairs.compactMap { pair -> (axis: Int, name: Scalar, values: [LocatedValue])? in
                let found = axis(named: pair.key, axes: axes)
                guard let value = compiler.compile(pair.value, for: "`\(key)`")?.constant, let found else { return nil }
                var items = [value]
                if case .list(let list) = value.content { items = list }
                guard items.allSatisfy(\.isScalar), !items.isEmpty else {
                    diagnostics.error(
                        "\(code(pair.key.text)) must be a value of the axis or a list of them",
                        at: value.location
                    )
                    return nil
                }
                return (found, pair.key, items)
            }
            return values.count == pairs.count ? Entry(location: node.location, values: values) : nil
        }
    }

    /// By axis, which of its values a cell must have to match; nil when nothing is excluded.
    private func exclusion(_ entry: Entry, axes: [Axis]) -> Exclusion? {
        var match: [(axis: Int, values: Set<Int>)] = []
        for (axis, _, values) in entry.values {
            var indices: Set<Int> = []
            for value in values {
                if let index = axes[axis].index(of: value.value) {
                    indices.insert(index)
                } else if !axes[axis].declares(value.value) {
                    let known = axes[axis].values.prefix(100).map(\.value.description)
                    diagnostics.error(
                        "the axis \(code(axes[axis].name)) has no value \(code(value.value.description))",
                        at: value.location,
                        hint: diagnostics.suggestion(for: value.value.description, among: known)
                            ?? (known.count <= 12 ? "its values are \(enumeration(known))" : nil)
                    )
                }
            }
            match.append((axis, indices))
        }
        return match.contains { $0.values.isEmpty } ? nil : Exclusion(location: entry.location, match: match)
    }

    /// The cells of an item of `include`: over every axis that it does not name, all values. Where `--set` chose the
    /// values of an axis, only those count.
    private func includedCells(_ entry: Entry, axes: inout [Axis], groups: [CellTable]) -> CellTable? {
        var named: [Int: [Int]] = [:]
        for (axis, _, values) in entry.values {
            var indices: [Int] = []
            for value in values {
                if let index = axes[axis].index(of: value.value) {
                    indices.append(index)
                } else if !axes[axis].isSet {
                    indices.append(axes[axis].add(value))
                }
            }
            named[axis] = indices
        }
        var chosen: [CellTable] = []
        for group in groups {
            let given = group.axes.filter { named[$0] != nil }
            if given.isEmpty {
                chosen.append(group)
            } else if given.count == group.axes.count {
                chosen += group.axes.map { axis in
                    let values = named[axis] ?? []
                    return CellTable(axes: [axis], columns: [values.map(Int32.init)], count: values.count).distinct
                }
            } else {
                let missing = group.axes.filter { named[$0] == nil }.map { code(axes[$0].name) }
                diagnostics.error(
                    "an included cell that gives \(code(axes[given[0]].name)) must give \(enumeration(missing)) too: "
                        + "they are zipped",
                    at: entry.location
                )
                return nil
            }
        }
        guard CellSpace.productCount(chosen) != nil else {
            diagnostics.error("this includes more than \(CellSpace.mostCells) cells", at: entry.location)
            return nil
        }
        return CellSpace.product(chosen)
    }

    private func cells(
        axes: [Axis],
        groups: [CellTable],
        excluded: [Exclusion],
        included: [CellTable]
    ) -> CellTable {
        let added = included.reduce(0) { $0 + $1.count }
        guard let count = CellSpace.productCount(groups), count + added <= CellSpace.mostCells else {
            diagnostics.error(
                "the sweep has more than \(CellSpace.mostCells) cells",
                at: axes[0].location,
                hint: "shorten an axis, or `zip` axes that belong together"
            )
            return CellTable(axes: Array(axes.indices), columns: axes.map { _ in [] }, count: 0)
        }
        var exclusions = ExcludedCells(CellSpace.product(groups))
        for exclusion in excluded where exclusions.add(exclusion) == 0 && !axes.contains(where: \.isSet) {
            diagnostics.warning(
                "this excludes no cell",
                at: exclusion.location,
                hint: "no cell has these values together, or not any more"
            )
        }
        let cells = included.reduce(exclusions.remaining) { $0.appending($1) }.distinct
        if cells.count == 0, let first = excluded.first {
            diagnostics.error("every cell of the sweep is excluded", at: first.location)
        }
        return cells
    }
}
