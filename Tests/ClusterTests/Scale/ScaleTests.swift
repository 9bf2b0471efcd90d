import Testing

/// The figures of docs/SCALE.md: the formula against the simulation.
@Suite struct ScaleTests {
    private static let cases: [(name: String, sweep: SweepAtScale)] = {
        var cases: [(String, SweepAtScale)] = [("64 nodes", SweepAtScale())]
        func add(_ name: String, _ change: (inout SweepAtScale) -> Void) {
            var sweep = SweepAtScale()
            change(&sweep)
            cases.append((name, sweep))
        }
        add("16 nodes") { $0.nodes = 16 }
        add("4 shards a node") { $0.shardsPerNode = 4 }
        add("a slow server") { $0.serverBandwidth = 1.25e9 }
        add("one in ten fails") { $0.failing = 0.1 }
        add("1,000 cells") { $0.cells = 1000 }
        add("cells of 3 s") { $0.cellSeconds = 3 }
        return cases
    }()

    @Test(arguments: cases.indices)
    func theFormulaIsWithinATenthOfTheSimulation(place: Int) {
        let (name, sweep) = Self.cases[place]
        let runs = (1...5).map { ClusterSimulation(sweep, seed: $0) }
        let makespan = runs.map(\.makespan).reduce(0, +) / 5
        let busy = runs.map(\.busy).reduce(0, +) / 5
        print(
            "scale: \(name): formula \(Int(sweep.makespan)) s, \(Int(sweep.busy * 1000)) / 1000 busy; "
                + "simulated \(Int(makespan)) s, \(Int(busy * 1000)) / 1000"
        )
        #expect(abs(sweep.makespan / makespan - 1) < 0.1)
        #expect(abs(sweep.busy / busy - 1) < 0.1)
    }

    @Test func sixtyFourNodesAreBusy() {
        for seed in 1...5 as ClosedRange<UInt64> { #expect(ClusterSimulation(SweepAtScale(), seed: seed).busy >= 0.9) }
    }
}
