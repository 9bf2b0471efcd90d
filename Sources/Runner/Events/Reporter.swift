import Graph
import Recipes

/// Shows a run to somebody. Called from several threads; implementations keep their lines whole.
public protocol Reporter: Sendable {
    func receive(_ event: RunEvent)
    /// Called about once a second while a run goes on, whatever happens in it, so that no silence is mistaken for a halt.
    func timePasses()
    /// A picture of what is being made, for those who write to a terminal.
    func show(_ drawing: TerminalDrawing)
}

extension Reporter {
    public func timePasses() {}
    public func show(_ drawing: TerminalDrawing) {}
}

/// Several reporters, each of which is told everything.
public struct Reporters: Reporter {
    private let all: [any Reporter]

    public init(_ all: [any Reporter]) { self.all = all }

    public func receive(_ event: RunEvent) {
        for reporter in all { reporter.receive(event) }
    }

    public func timePasses() {
        for reporter in all { reporter.timePasses() }
    }

    public func show(_ drawing: TerminalDrawing) {
        for reporter in all { reporter.show(drawing) }
    }
}

/// Where reporters write, so that tests can read it.
public struct Console: Sendable {
    /// For results.
    public let output: @Sendable (String) -> Void
    /// For progress, warnings and errors.
    public let error: @Sendable (String) -> Void
    /// Whether `error` is a terminal, on which a line can be written over.
    public let isTerminal: Bool
    /// How many columns that terminal has now: its window may change.
    public let columns: @Sendable () -> Int

    public init(
        output: @escaping @Sendable (String) -> Void,
        error: @escaping @Sendable (String) -> Void,
        isTerminal: Bool = false,
        columns: @escaping @Sendable () -> Int = { 80 }
    ) {
        self.output = output
        self.error = error
        self.isTerminal = isTerminal
        self.columns = columns
    }
}

extension Console {
    /// For reports whose own text alone goes to the standard output.
    var withoutOutput: Console {
        Console(output: { _ in }, error: error, isTerminal: isTerminal, columns: columns)
    }
}

/// Makes text of diagnostics: `DiagnosticRenderer` with the sources of the recipe at hand.
public typealias RenderDiagnostics = @Sendable ([Diagnostic]) -> String

/// The forms in which a run can be shown.
public enum ReportFormat: String, CaseIterable, Sendable {
    case text, json, github, junit, markdown
}
