import Foundation
import Graph
import Recipes
import Runner

/// The part of a report's data that changes while the run goes on, as its page reads it.
struct ReportState: Encodable {
    enum Phase: String, Encodable {
        case running, done, interrupted, failed
        /// The recipe cannot be run.
        case invalid
    }

    struct Instance: Encodable {
        let status: InstanceRecord.Status
        let seconds: Double?
        let reason: String?
        let progress: Double?
        let blockedBy: Int?
    }

    struct Entry: Encodable {
        let status: EntryVerdict.Status
        let severity: Double
        let message: String?
        let now: ReportPicture?
        let baseline: ReportPicture?
        /// Further pictures of how the two differ.
        let maps: [Named]
    }

    struct Named: Encodable {
        let name: String
        let picture: ReportPicture
    }

    struct Problem: Encodable {
        let place: String
        let message: String
        let hint: String?
    }

    struct Table: Encodable {
        struct Field: Encodable {
            let name: String
            let least, mean, greatest: Double
        }

        let path: String
        let rows: Int
        let fields: [Field]
    }

    /// Pictures that changed for one cause.
    struct Group: Encodable {
        let id: String
        let text: String
        /// What accepts exactly these.
        let command: String
        /// The worst first.
        let entries: [Int]
    }

    let revision: Int
    let phase: Phase
    /// `3 ran, 0 cached, 2 written in 1.2 s`
    let summary: String
    let exitStatus: Int?
    let seconds: Double?
    /// How many nodes the plan has to run.
    let toRun: Int?
    let instances: [Instance]
    /// By instance, those that were measured.
    let scores: [Int: [String: Double]]
    /// By expectation: whether it is met; nil where nothing was measured.
    let expectations: [Bool?]
    let entries: [Entry]
    /// By instance: what else can be seen on the way to the pictures.
    let steps: [Int: [Named]]
    let problems: [Problem]
    let warnings: [String]
    let tables: [Table]
    let groups: [Group]
    /// Why there is no newer report than this.
    let notice: String?

    /// - Parameter pictures: finds the pictures to show.
    init(_ subject: ReportSubject, _ run: RunSnapshot, pictures: some ReportPictures, notice: String? = nil) {
        self.notice = notice.map { TerminalText($0).escaped(keepsLines: true) }
        let graph = subject.graph
        revision = run.revision
        let errors = subject.obstacles.count { $0.severity == .error }
        if errors > 0 {
            phase = .invalid
            summary = "the recipe cannot be run: \(counted(errors, "error"))"
        } else if let end = run.summary {
            let hasFailed = end.failures.contains { !$0.isMissingBaseline }
            phase = end.isInterrupted ? .interrupted : hasFailed ? .failed : .done
            summary = String(TextReporter.text(end).dropLast())
        } else {
            phase = .running
            summary = "running"
        }
        let status = errors > 0 ? .recipeInvalid : run.summary?.exitStatus
        exitStatus = status.map { Int($0.rawValue) }
        seconds = run.summary?.seconds
        toRun = run.planned?.totalToRun
        instances = run.instances.map {
            Instance(
                status: $0.status,
                seconds: $0.seconds,
                reason: $0.reason.map(shown),
                progress: $0.progress,
                blockedBy: $0.blockedBy
            )
        }
        scores = run.measured
        expectations = graph.expectations.map { expectation in
            run.measured[expectation.instance].map { _ in EntryVerdict.excess(expectation, run) == nil }
        }
        let verdicts = subject.entries.map { EntryVerdict($0, graph, run) }
        let found = pictures.entries(verdicts, run)
        entries = zip(verdicts, found).map { verdict, pictures in
            Entry(
                status: verdict.status,
                severity: verdict.severity,
                message: verdict.message.map { TerminalText($0).escaped(keepsLines: true) },
                now: pictures.now,
                baseline: pictures.baseline,
                maps: pictures.maps.map { Named(name: $0.name, picture: $0.picture) }
            )
        }
        steps = pictures.steps(run).mapValues { $0.map { Named(name: $0.name, picture: $0.picture) } }
        let diagnostics =
            subject.obstacles.filter { $0.severity == .error } + run.failures.map(\.diagnostic)
            + run.outputs.values.compactMap(\.failure)
        problems = diagnostics.map {
            Problem(
                place: ReportDocument.place($0.location),
                message: TerminalText($0.message).escaped(keepsLines: true),
                hint: $0.hint.map(shown)
            )
        }
        let doubts = subject.obstacles.filter { $0.severity == .warning }.map(\.message)
        warnings = (doubts + run.warnings).map { TerminalText($0).escaped(keepsLines: true) }
        let places = Dictionary(
            subject.entries.enumerated().map { (InstanceName(graph.instances[$1.instance]), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        groups = (run.summary?.regressions ?? []).map { group in
            Group(
                id: shown(group.cause.id),
                text: TerminalText(group.cause.text).escaped(keepsLines: true),
                command: TerminalText(group.command).escaped(),
                entries: group.members.compactMap { places[$0.name] }
            )
        }
        tables = (run.summary?.tables ?? []).map { table in
            Table(
                path: shown(table.path),
                rows: table.rows,
                fields: table.fields.filter(\.least.isFinite).map {
                    Table.Field(name: $0.name, least: $0.least, mean: $0.mean, greatest: $0.greatest)
                }
            )
        }
    }
}

/// A picture as a page finds it.
struct ReportPicture: Encodable {
    /// Small, for galleries.
    var thumbnail: PictureLink?
    /// All its pixels.
    var full: PictureLink?
    var width: Int?
    var height: Int?
}

/// Where a page finds a file of a picture.
enum PictureLink: Encodable {
    /// In the page itself.
    case embedded(Int)
    /// From the server of the page.
    case served(String)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .embedded(let number): try container.encode(number)
        case .served(let path): try container.encode(path)
        }
    }
}

/// Finds the pictures of a report.
protocol ReportPictures {
    typealias Map = (name: String, picture: ReportPicture)

    /// One for each of the subject's entries, whose verdicts these are.
    func entries(
        _ verdicts: [EntryVerdict],
        _ run: RunSnapshot
    ) -> [(now: ReportPicture?, baseline: ReportPicture?, maps: [Map])]
    /// By instance.
    func steps(_ run: RunSnapshot) -> [Int: [Map]]
}
