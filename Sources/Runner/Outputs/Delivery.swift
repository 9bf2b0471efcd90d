import Foundation
import Graph
import Store
import Synchronization

/// Brings results to where the user sees them: output files, tables, expectations. Files that are as they should be are
/// neither read nor touched.
final class Delivery: Sendable {
    private struct State {
        /// The measured fields of instances that tables and expectations read.
        var fields: [Int: [String: Double]] = [:]
        /// Of each of the graph's outputs, whether it was found to be as it should.
        var isInPlace: [Bool]
        /// Outputs that this run wrote, or found when it was about to.
        var delivered: Set<Int> = []
    }

    let graph: ExecutionGraph
    let store: ResultStore
    let options: RunOptions
    private let metadata: OutputMetadata
    private let folder: OutputFolder
    /// Places in the graph's outputs, of those that this run is asked for.
    private let outputsByInstance: Lists<Int>
    let tables: [(place: Int, instances: [Int])]
    private let expectations: [Expectation]
    private let measured: Set<Int>
    /// By the place in the graph's outputs: what the file is made of, where it is as this cache last saw it; read once.
    private let contents: [Digest?]
    private let state: Mutex<State>

    init(graph: ExecutionGraph, store: ResultStore, options: RunOptions, environment: RunEnvironment) {
        self.graph = graph
        self.store = store
        self.options = options
        metadata = OutputMetadata(graph: graph, options: options, environment: environment)
        folder = OutputFolder(named: options.out)
        // A shard brings nothing anywhere.
        let isShard = options.shard != nil
        func isAsked(_ index: Int) -> Bool {
            !isShard && (options.only.isEmpty || options.only.contains(graph.instances[index].node))
        }
        var outputs: [(instance: Int, place: Int)] = []
        var tables: [(place: Int, instances: [Int])] = []
        for (place, output) in graph.outputs.enumerated() {
            switch output.source {
            case .artifact(let index): if isAsked(index) { outputs.append((index, place)) }
            case .table(let indices): if indices.allSatisfy(isAsked) { tables.append((place, indices)) }
            }
        }
        outputsByInstance = Lists(count: graph.instances.count) { add in
            for output in outputs { add(output.instance, output.place) }
        }
        self.tables = tables
        expectations = graph.expectations.filter { isAsked($0.instance) }
        let expected = Set(expectations.map(\.instance))
        measured =
            options.tellsMeasurements
            ? Set(graph.instances.indices.filter { !graph.instances[$0].schema.output.fields.isEmpty }) : expected
        state = Mutex(State(isInPlace: Array(repeating: false, count: graph.outputs.count)))
        let prefix = folder.path + "/"
        let places = outputs.map(\.place) + tables.map(\.place)
        let paths = places.map { prefix + graph.outputs[$0].path }
        var contents = [Digest?](repeating: nil, count: graph.outputs.count)
        for (place, content) in zip(places, store.outputContents(of: paths)) { contents[place] = content }
        self.contents = contents
        singleOutputs = outputs.map(\.place)
    }

    /// Places of the outputs that show one result each.
    let singleOutputs: [Int]

    /// Removes what killed runs left in the output folder.
    func clearStrays() {
        folder.clearStrays(beside: (singleOutputs + tables.map(\.place)).map { graph.outputs[$0].path })
    }

    /// What keeps the outputs from being written: said before anything runs, not of each file and after hours.
    ///
    /// - Parameter tries: see `OutputFolder.obstacles`.
    func obstacles(digests: [Digest?], tries: Bool) -> [OutputReport] {
        let missing = placesToWrite(digests: digests, blanks: [])
        let places = missing.single + missing.tables.map(\.place)
        let obstacles = folder.obstacles(
            to: places.map { place in
                OutputFolder.Wanted(path: graph.outputs[place].path, isChanged: !isKnown(place, digests))
            },
            tries: tries
        )
        let placesByPath = Dictionary(
            places.map { (graph.outputs[$0].path, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return obstacles.compactMap { obstacle in
            // What goes on after failures goes on after this one, too.
            if obstacle.path != nil, options.keepGoing { return nil }
            if let place = obstacle.path.flatMap({ placesByPath[$0] }) {
                let location = graph.outputs[place].location
                return OutputReport(path: shownPath(place), outcome: .failed(obstacle.failure), location: location)
            }
            return OutputReport(folder: options.out, obstacle.failure, files: places.count)
        }
    }

    /// Whether it is known what the file is to show; what is yet to run gives mostly something new.
    private func isKnown(_ place: Int, _ digests: [Digest?]) -> Bool {
        switch graph.outputs[place].source {
        case .artifact(let index): digests[index] != nil
        case .table(let indices): indices.allSatisfy { digests[$0] != nil }
        }
    }

    /// Places of the outputs that are not, or not yet known to be, what this run makes of them.
    func placesToWrite(
        digests: [Digest?],
        blanks: Set<Int>
    ) -> (single: [Int], tables: [(place: Int, instances: [Int])]) {
        let isInPlace = state.withLock { $0.isInPlace }
        return (
            singleOutputs.filter { !isInPlace[$0] },
            tables.filter { place, instances in
                tableContent(instances, digests, blanks).map { content(at: place) != $0 } ?? true
            }
        )
    }

    // MARK: - Single results

    /// Whether the value itself is needed: not where its files are in place and nothing measures it.
    func isNeeded(_ index: Int, value: Digest, key: Digest) -> Bool {
        var isNeeded = measured.contains(index)
        for place in outputsByInstance[index] {
            let content = content(of: place, showing: index, value: value, key: key)
            if self.content(at: place) == content {
                state.withLock { $0.isInPlace[place] = true }
            } else {
                isNeeded = true
            }
        }
        return isNeeded
    }

    /// Takes the measurements that a table may show, while the value is at hand: the cache may not keep it.
    func measure(_ index: Int, _ artifact: any Artifact) {
        guard !tables.isEmpty else { return }
        let fields = Self.fields(of: artifact)
        guard !fields.isEmpty else { return }
        state.withLock { $0.fields[index] = fields }
    }

    private static func fields(of artifact: any Artifact) -> [String: Double] {
        type(of: artifact).fields.reduce(into: [:]) { $0[$1] = artifact.field($1) }
    }

    /// Writes the outputs that show this value, and takes its measurements.
    ///
    /// - Parameter files: the digests of the files that an instance reads itself, by path.
    func deliver(
        _ index: Int,
        _ artifact: any Artifact,
        value: Digest,
        key: Digest,
        files: (Int) -> [String: Digest]
    ) -> [OutputReport] {
        let fields = Self.fields(of: artifact)
        let isInPlace = state.withLock { state in
            state.fields[index] = fields
            return state.isInPlace
        }
        let places = outputsByInstance[index].filter { !isInPlace[$0] }
        guard !places.isEmpty else { return [] }
        return places.map { place in
            let metadata =
                options.describesPictures
                ? metadata.entries(for: index, key: key, output: graph.outputs[place].path, files: files) : []
            let content = content(of: place, showing: index, value: value, key: key)
            return write(place, content: content) { fileExtension in
                try artifact.encoded(as: fileExtension, metadata: metadata)
            }
        }
    }

    /// The outputs that were left alone, one by one.
    func unchangedOutputs() -> some Sequence<OutputReport> {
        placesInPlace(state.withLock { $0.isInPlace }).lazy.map { place in
            OutputReport(
                path: self.shownPath(place),
                outcome: .unchanged,
                location: self.graph.outputs[place].location
            )
        }
    }

    /// Files that this run wrote, or saw, and that are gone now that it ends. One that wrote nothing has only just seen
    /// them.
    func missingOutputs() -> [OutputReport] {
        let delivered = state.withLock { state in
            state.delivered.isEmpty ? [] : state.delivered.union(placesInPlace(state.isInPlace))
        }
        return delivered.sorted().compactMap { place in
            guard access(path(place), F_OK) != 0 else { return nil }
            let output = graph.outputs[place]
            return OutputReport(path: shownPath(place), outcome: .failed(OutputGone()), location: output.location)
        }
    }

    // MARK: - Tables

    /// The instances whose values tables still lack, of those tables that are not in place.
    ///
    /// - Parameter blanks: instances that have no value and will have none: their rows stay empty.
    func tablesDemand(digests: [Digest?], blanks: Set<Int>) -> Set<Int> {
        var wanted: Set<Int> = []
        let fields = state.withLock { $0.fields }
        for (place, instances) in tables {
            guard let content = tableContent(instances, digests, blanks), self.content(at: place) != content else {
                continue
            }
            wanted.formUnion(instances.filter { fields[$0] == nil && !blanks.contains($0) })
        }
        return wanted
    }

    /// Writes the tables whose rows are all known, or blank.
    func finishTables(digests: [Digest?], blanks: Set<Int>) -> [(OutputReport, TableSummary?)] {
        let fields = state.withLock { $0.fields }
        return tables.compactMap { place, instances in
            guard let content = tableContent(instances, digests, blanks) else { return nil }
            if self.content(at: place) == content {
                let location = graph.outputs[place].location
                return (OutputReport(path: shownPath(place), outcome: .unchanged, location: location), nil)
            }
            guard instances.allSatisfy({ fields[$0] != nil || blanks.contains($0) }) else { return nil }
            let names = instances.first.map { graph.instances[$0].schema.output.fields } ?? []
            let rows = instances.map { index in
                TableText.Row(cell: graph.instances[index].cell, values: names.map { fields[index]?[$0] })
            }
            let table = TableText(fields: names, rows: rows)
            let report = write(place, content: content) { try table.encoded(as: $0) }
            let isThere = report.failure == nil
            return (report, isThere ? TableSummary(path: shownPath(place), table: table) : nil)
        }
    }

    // MARK: - Expectations

    /// Those whose instances have results.
    func expectationReports() -> [ExpectationReport] {
        let fields = state.withLock { $0.fields }
        let accept = AcceptCommand(recipe: graph.file, settings: options.settings)
        let measuredPictures =
            expectations.isEmpty
            ? [:]
            : Dictionary(graph.baselines.map { ($0.measures, $0.measured) }, uniquingKeysWith: { first, _ in first })
        return expectations.compactMap { expectation in
            guard let found = fields[expectation.instance] else { return nil }
            let name = InstanceName(graph.instances[expectation.instance])
            return ExpectationReport(
                expectation: expectation,
                name: name,
                measured: found[expectation.field],
                accept: measuredPictures[expectation.instance].map { picture in
                    accept.line(only: [InstanceName(graph.instances[picture]).title])
                }
            )
        }
    }

    /// Those whose instances have none.
    ///
    /// - Parameter reason: why an instance has none.
    func unjudgedExpectations(_ reason: (Int) -> NotMade) -> [UnjudgedExpectation] {
        let fields = state.withLock { $0.fields }
        return expectations.compactMap { expectation in
            let index = expectation.instance
            guard fields[index] == nil else { return nil }
            let name = InstanceName(graph.instances[index])
            return UnjudgedExpectation(expectation: expectation, name: name, reason: reason(index))
        }
    }

    // MARK: - Files

    private func write(
        _ place: Int,
        content: Digest,
        encode: (_ fileExtension: String) throws -> [UInt8]
    ) -> OutputReport {
        let output = graph.outputs[place]
        let outcome: OutputReport.Outcome
        do {
            let bytes = try encode(fileExtension(place))
            let identity: FileIdentity?
            switch try folder.write(bytes, to: output.path) {
            case .written(let file): (outcome, identity) = (.written, file)
            case .unchanged(let file): (outcome, identity) = (.unchanged, file)
            }
            if let identity { store.rememberOutput(path(place), identity, content: content) }
            state.withLock { _ = $0.delivered.insert(place) }
        } catch {
            outcome = .failed(error)
        }
        return OutputReport(path: shownPath(place), outcome: outcome, location: output.location)
    }

    /// Names all that the file's bytes are made of.
    private func content(of place: Int, showing index: Int, value: Digest, key: Digest) -> Digest {
        let instance = graph.instances[index]
        var encoder = CanonicalEncoder()
        encoder.append(.string("output"))
        encoder.append(.integer(Int128(instance.schema.output.encoderRevision)))
        encoder.append(.string(fileExtension(place)))
        encoder.append(value)
        if options.describesPictures { metadata.append(to: &encoder, for: instance, key: key) }
        return Digest(of: encoder.bytes)
    }

    /// - Returns: nil where a row is not known, or none has anything.
    private func tableContent(_ instances: [Int], _ digests: [Digest?], _ blanks: Set<Int>) -> Digest? {
        guard !instances.allSatisfy(blanks.contains) else { return nil }
        var encoder = CanonicalEncoder()
        encoder.append(.string("table"))
        encoder.append(.integer(Int128(TableText.revision)))
        if let first = instances.first {
            encoder.append(.integer(Int128(graph.instances[first].schema.output.encoderRevision)))
        }
        for index in instances {
            encoder.append(graph.instances[index].cell)
            if blanks.contains(index) {
                encoder.append(.null)
            } else if let digest = digests[index] {
                encoder.append(digest)
            } else {
                return nil
            }
        }
        encoder.append(
            .list(instances.first.map { graph.instances[$0].schema.output.fields.map { .string($0) } } ?? [])
        )
        return Digest(of: encoder.bytes)
    }

    private func placesInPlace(_ isInPlace: [Bool]) -> [Int] { isInPlace.indices.filter { isInPlace[$0] } }

    private func content(at place: Int) -> Digest? { contents[place] }

    func path(_ place: Int) -> String { folder.path + "/" + graph.outputs[place].path }

    func shownPath(_ place: Int) -> String {
        (options.out.hasSuffix("/") ? options.out : options.out + "/") + graph.outputs[place].path
    }

    /// `png`; nothing for a name without one.
    private func fileExtension(_ place: Int) -> String {
        let slash = UInt8(ascii: "/")
        var path = graph.outputs[place].path.utf8[...]
        while path.last == slash { path.removeLast() }
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")), dot != path.startIndex,
            path[path.index(before: dot)] != slash, !path[dot...].contains(slash)
        else { return "" }
        return Substring(path[path.index(after: dot)...]).lowercased()
    }

}

/// An output was written and is not there any more.
struct OutputGone: Error, CustomStringConvertible {
    var description: String { "somebody removed it while the run was going on" }
}
