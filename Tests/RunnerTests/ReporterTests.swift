import EngineTestSupport
import Foundation
import Graph
import Recipes
import Runner
import Synchronization
import Testing

/// What people and programs are shown, word by word.
@Suite struct ReporterTests {
    private final class Screen: Sendable {
        private let streams = Mutex<(output: String, error: String)>(("", ""))
        var output: String { streams.withLock(\.output) }
        var error: String { streams.withLock(\.error) }

        func console(isTerminal: Bool = false, columns: Int = 80) -> Console {
            Console(
                output: { [self] text in streams.withLock { $0.output += text } },
                error: { [self] text in streams.withLock { $0.error += text } },
                isTerminal: isTerminal,
                columns: { columns }
            )
        }
    }

    private let workshop: Workshop
    private let screen = Screen()

    init() throws { workshop = try Workshop() }

    private let render: RenderDiagnostics = { diagnostics in
        diagnostics.map { "\($0.location.file):\($0.location.line): \($0.message)\n" }.joined()
    }

    /// One node that runs, one that fails, an expectation that is not met, a table.
    private var graph: ExecutionGraph {
        var builder = GraphBuilder()
        let cell = [("x", Value.integer(1))]
        let start = builder.add("start", "constant", at: cell, ["value": .number(2)])
        let bad = builder.add("bad", "fail", inputs: ["input": [start]])
        builder.output("start.txt", start)
        builder.output("bad.txt", bad)
        builder.table("t.csv", [start])
        builder.expect(start, "value", .greater, 3)
        return builder.graph
    }

    /// Times differ from run to run.
    private func steady(_ text: String) -> String {
        text.replacing(/[0-9.]+ s\b/, with: "T s").replacing(/"seconds": [0-9.e-]+/, with: "\"seconds\": T")
            .replacing(/"seconds_left": [0-9.e-]+/, with: "\"seconds_left\": T")
            .replacing(/"time": "2[0-9-]+T[0-9:]+\.[0-9]{3}Z"/, with: "\"time\": \"T\"")
            .replacing(/time="[0-9.e-]+"/, with: "time=\"T\"").replacing(workshop.folder.path, with: "DIR")
    }

    private func run(_ reporter: any Reporter) throws {
        _ = try workshop.run(graph, { $0.keepGoing = true }, onEvent: { reporter.receive($0) })
    }

    @Test func text() throws {
        try run(TextReporter(console: screen.console(), render: render))
        #expect(
            steady(screen.error) == """
                test: 2 nodes to run (1 constant, 1 fail), 0 cached
                [1/2] start[x=1]: T s
                test.yaml:2: `bad` failed: the number is too large: 2.0
                test.yaml:200: expected `$start.value > 3.0` at x=1, but it is 2
                1 ran, 0 cached, 1 failed, 2 written, 1 of 1 expectation not met in T s

                """
        )
        #expect(
            steady(screen.output) == """
                DIR/out/start.txt
                DIR/out/t.csv
                DIR/out/t.csv: 1 row
                  value: 2 to 2, mean 2

                """
        )
    }

    /// A drawing is made over the one before, unless something was said since; the line of progress is below it.
    @Test func drawings() {
        let reporter = TextReporter(console: screen.console(isTerminal: true), render: render)
        let drawing = TerminalDrawing("PICTURE", rows: 2)
        let drawn = "\r\u{1B}[2A\u{1B}7PICTURE\u{1B}8\u{1B}[2B"
        let line = "\r\u{1B}[2K"
        reporter.show(drawing)
        reporter.show(drawing)
        reporter.receive(.warning("careful"))
        reporter.show(drawing)
        #expect(
            screen.error == "\n\n\(drawn)\(line)\(line)\(drawn)\(line)\(line)warning: careful\n\n\n\(drawn)\(line)"
        )
        // Where nothing can be written over nothing is drawn, and quiet is quiet.
        let other = Screen()
        TextReporter(console: other.console(), render: render).show(drawing)
        TextReporter(console: other.console(isTerminal: true), verbosity: .quiet, render: render).show(drawing)
        #expect(other.error == "")
    }

    /// What is said of several with the same words is said of the first, and then counted.
    @Test func outputsThatCannotBeWrittenForOneReason() {
        struct Full: Error, CustomStringConvertible { let description: String }
        let reporter = TextReporter(console: screen.console(), render: render)
        var summary = RunSummary()
        for (number, reason) in ["no space", "no space", "a folder", "no space", "no space", "no space"].enumerated() {
            let output = OutputReport(
                path: "out/\(number).png",
                outcome: .failed(Full(description: reason)),
                location: SourceLocation(file: "r.yaml", line: 2, column: 1)
            )
            summary.outputs.append(output)
            reporter.receive(.output(output))
        }
        reporter.receive(.summary(summary))
        #expect(
            steady(screen.error) == """
                r.yaml:2: `out/0.png` could not be written: no space
                r.yaml:2: `out/2.png` could not be written: a folder
                error: 4 more outputs could not be written for the same reason (no space): out/1.png, out/3.png, out/4.png and 1 more
                0 ran, 0 cached, 0 written, 6 not written in T s

                """
        )
    }

    /// Numbers and what is quoted make no other warning; another cell's sentence of another kind is said.
    @Test func warningsOfSeveralCells() {
        var builder = GraphBuilder()
        for x in 1...5 { _ = builder.add("start", "constant", at: [("x", .integer(Int128(x)))], ["value": .number(1)]) }
        let names = builder.graph.instances.map { InstanceName($0) }
        let warnings = names.enumerated().map {
            NodeWarning($1, "the last \($0) tokens are not seen, from \"word \($0)\" on")
        }
        let text = TextReporter(console: screen.console(), render: render)
        let log = Screen()
        let json = JSONReporter(console: log.console(), render: render)
        for warning in warnings + [NodeWarning(names[4], "it is dark")] {
            text.receive(.nodeWarning(warning))
            json.receive(.nodeWarning(warning))
        }
        text.receive(.summary(RunSummary()))
        #expect(
            steady(screen.error) == """
                warning: `start[x=1]`: the last 0 tokens are not seen, from "word 0" on
                warning: `start[x=5]`: it is dark
                warning: the same in 4 more cells of `start` (x=2, x=3, x=4 and 1 more): the last 0 tokens are not seen …
                0 ran, 0 cached, 0 written in T s

                """
        )
        #expect(log.output.split(separator: "\n").count == 6)
    }

    /// A node that has nothing to give, and one that needs it.
    @Test(arguments: ["text", "verbose", "json", "junit"]) func whatIsSkipped(format: String) throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(2)])
        let face = builder.add("face", "forgo", inputs: ["input": [start]])
        builder.output("twice.txt", builder.add("twice", "scale", inputs: ["input": [face]]))
        let (console, render) = (screen.console(), render)
        let (reporter, words): (any Reporter, [String]) =
            switch format {
            case "text":
                (
                    TextReporter(console: console, render: render),
                    [
                        "warning: `face`: the number is too large; what rests on it is skipped\n",
                        "2 ran, 0 cached, 1 skipped",
                    ]
                )
            case "verbose":
                (
                    TextReporter(console: console, verbosity: .verbose, render: render),
                    ["[3/3] twice: skipped, as face has nothing to give\n"]
                )
            case "json":
                (
                    JSONReporter(console: console, render: render),
                    [
                        #""by": {"cell": {}, "node": "face"}, "cell": {}, "event": "skipped", "kind": "scale""#,
                        #""skipped": 1"#,
                    ]
                )
            default:
                (
                    DocumentReporter(JUnitReport(), console: console, text: render),
                    [
                        #"<testsuites tests="1" failures="0" errors="0" skipped="1">"#,
                        "name=\"twice\">\n      <skipped message=\"face has nothing to give\"/>\n    </testcase>\n",
                    ]
                )
            }
        _ = try workshop.run(builder.graph, onEvent: { reporter.receive($0) })
        for word in words { #expect((screen.output + screen.error).contains(word), "\(screen.output)\(screen.error)") }
    }

    @Test func quietSaysWhatIsWrong() throws {
        try run(TextReporter(console: screen.console(), verbosity: .quiet, render: render))
        #expect(
            steady(screen.error) == """
                test.yaml:2: `bad` failed: the number is too large: 2.0
                test.yaml:200: expected `$start.value > 3.0` at x=1, but it is 2
                1 ran, 0 cached, 1 failed, 2 written, 1 of 1 expectation not met in T s

                """
        )
        #expect(steady(screen.output) == "DIR/out/start.txt\nDIR/out/t.csv\n")
    }

    @Test func verboseSaysWhatIsCachedToo() throws {
        _ = try workshop.run(graph, { $0.keepGoing = true })
        try run(TextReporter(console: screen.console(), verbosity: .verbose, render: render))
        #expect(steady(screen.error).contains("start[x=1]: cached\n"), "\(screen.error)")
    }

    @Test func aTerminalHasOneLineThatIsWrittenOver() throws {
        try run(TextReporter(console: screen.console(isTerminal: true), render: render))
        #expect(screen.error.hasPrefix("\r\u{1B}[2K[0/2] start[x=1]"))
        #expect(!screen.error.contains("start[x=1]: "))
        #expect(screen.error.contains("\r\u{1B}[2Ktest.yaml:2: `bad` failed"))
    }

    private func name(_ node: String, _ cell: [(String, Value)] = []) -> InstanceName {
        var builder = GraphBuilder()
        builder.add(node, "constant", at: cell)
        return InstanceName(builder.graph.instances[0])
    }

    @Test func nodesThatRunSideBySideHaveEachTheirOwnPace() throws {
        let reporter = TextReporter(console: screen.console(isTerminal: true), render: render)
        // A step of a and one of b, in turns; some were done before anything was told of.
        for step in 4...6 {
            for node in ["a", "b"] {
                usleep(110_000)
                reporter.receive(.progress(name(node), done: step, total: 9, note: nil))
            }
        }
        for node in ["a", "b"] {
            let shown = screen.error.matches(of: try Regex("\(node)  6/9  ([0-9.]+) s/step"))
            let seconds = try #require(shown.last?.output[1].substring.flatMap { Double($0) })
            #expect(seconds > 0.2 && seconds < 2, "\(screen.error.debugDescription)")
        }
    }

    /// A training alone: its loss, and the time that its steps to come take.
    @Test func aLongNodeSaysHowItStands() throws {
        let reporter = TextReporter(console: screen.console(isTerminal: true), render: render)
        for step in [0, 5] {
            reporter.receive(.progress(name("a"), done: step, total: 5000, note: "loss 0.25"))
            usleep(110_000)
        }
        let line = try Regex("a  5/5000  0\\.[0-9]+ s/step  loss 0.25  [0-9]+ min [0-9]+ s to go")
        #expect(screen.error.contains(line), "\(screen.error.debugDescription)")
    }

    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func pass(_ seconds: Double) { time.withLock { $0 += .seconds(seconds) } }
    }

    private func work(_ counts: [String: Int]) -> PlannedWork {
        var work = PlannedWork()
        work.toRun = counts
        return work
    }

    /// Three nodes of one kind, the first of 100 s in 10 steps, of which only some are told of.
    @Test func offATerminalNoSilenceIsLongerThanHalfAMinute() {
        let clock = Clock()
        let reporter = TextReporter(console: screen.console(), clock: { clock.now }, render: render)
        reporter.receive(.planned(recipe: "sweep", work(["constant": 3])))
        let names = (1...3).map { name("a", [("x", .integer($0))]) }
        reporter.receive(.started(names[0], because: nil, isPlanned: true))
        for second in 1...99 {
            clock.pass(1)
            if second % 10 == 0 { reporter.receive(.progress(names[0], done: second / 10, total: 10, note: nil)) }
            reporter.timePasses()
        }
        clock.pass(1)
        reporter.receive(.finished(names[0], seconds: 100, digest: Digest(of: [])))
        reporter.receive(.started(names[1], because: nil, isPlanned: true))
        for _ in 1...40 {
            clock.pass(1)
            reporter.timePasses()
        }
        #expect(
            screen.error == """
                sweep: 3 nodes to run (3 constant), 0 cached
                [0/3  4 min 30 s left] a[x=1]  3/10  10.0 s/step  1 min 10 s to go
                [0/3  4 min 0 s left] a[x=1]  6/10  10.0 s/step  40.0 s to go
                [0/3  3 min 30 s left] a[x=1]  9/10  10.0 s/step  10.0 s to go
                [1/3] a[x=1]: 1 min 40 s
                [1/3  30.0 nodes/h  3 min 0 s left] a[x=2]

                """
        )
    }

    @Test func waitingForAnotherProcessIsShown() {
        let clock = Clock()
        let reporter = TextReporter(console: screen.console(isTerminal: true), clock: { clock.now }, render: render)
        reporter.receive(.planned(recipe: "sweep", work(["constant": 1])))
        let mine = name("a")
        reporter.receive(.waiting(mine, for: "process 7 on here"))
        clock.pass(1)
        reporter.timePasses()
        reporter.receive(.cached(mine, digest: Digest(of: []), isPlanned: false))
        clock.pass(1)
        reporter.timePasses()
        #expect(
            screen.error == "waiting for a, which process 7 on here computes\n"
                + "\r\u{1B}[2K[0/1] waiting for another process: a\r\u{1B}[2K[1/1] "
        )
    }

    @Test func theProgressLineFitsTheTerminal() {
        let reporter = TextReporter(console: screen.console(isTerminal: true, columns: 20), render: render)
        let image = name("image", [("style", .string("ピクセル アート and more"))])
        reporter.receive(.started(image, because: nil, isPlanned: true))
        #expect(screen.error == "\r\u{1B}[2Kimage[style=ピクセ")
    }

    @Test func valuesCannotSpeakToTheTerminal() throws {
        let evil = "\u{1B}[31mred\u{1B}[2J\u{9B}K\u{202E}\n\u{7}"
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", at: [("x", .string(evil))], ["value": .number(2)])
        let bad = builder.add("bad", "fail", at: [("x", .string(evil))], inputs: ["input": [start]])
        builder.output("bad.txt", bad)
        builder.expect(start, "value", .greater, 3)
        let graph = builder.graph
        let reporter = TextReporter(console: screen.console(), render: render)
        let outcome = try workshop.run(graph, { $0.keepGoing = true }, onEvent: { reporter.receive($0) })
        let explanation = try RecipeRun(
            graph,
            store: workshop.openStore(),
            options: workshop.options { $0.only = ["bad"] },
            environment: RunEnvironment(numerics: "toy", version: "1.0")
        ).explain("bad")
        let shown = screen.error + screen.output + explanation + (try workshop.planTable(graph))
        #expect(outcome.summary.failures.count == 1)
        #expect(shown.contains(#"start[x=\u001B[31mred\u001B[2J\u009BK\u202E\n\u0007]"#))
        #expect(shown.contains(#"at x=\u001B[31mred"#))
        #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value < 0x7F }, "\(shown)")
    }

    @Test func jsonIsOneObjectALine() throws {
        try run(JSONReporter(console: screen.console(), render: render))
        let lines = steady(screen.output).split(separator: "\n").map(String.init)
        #expect(lines.first == #"{"cached": 0, "event": "planned", "recipe": "test", "time": "T", "to_run": 2}"#)
        #expect(
            lines.last
                == #"{"cached": 0, "event": "summary", "exit_code": 3, "expectations_not_met": 1, "failed": 1, "interrupted": false, "not_run": 0, "not_written": 0, "ran": 1, "regressions": [], "seconds": T, "skipped": 0, "time": "T", "unchanged": 0, "written": 2}"#
        )
        #expect(
            lines.contains(
                #"{"cell": {"x": 1}, "event": "started", "kind": "constant", "node": "start", "planned": true, "seconds_left": null, "time": "T"}"#
            )
        )
        #expect(lines.contains(#"{"event": "output", "outcome": "written", "path": "DIR/out/start.txt", "time": "T"}"#))
        #expect(
            lines.contains(
                #"{"cell": {"x": 1}, "event": "expectation", "kind": "constant", "measured": 2.0, "met": false, "node": "start", "text": "$start.value > 3.0", "time": "T", "warning": false}"#
            )
        )
        for line in lines where line.hasPrefix("{") && !line.contains("\": T") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        #expect(screen.error == "")
    }

    @Test func whatIsCachedFollowsThePlanAndWhatIsBlockedIsSaid() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(2)])
        let bad = builder.add("bad", "fail", inputs: ["input": [start]])
        builder.output("twice.txt", builder.add("twice", "scale", inputs: ["input": [bad]]))
        _ = try workshop.run(builder.graph)
        let reporter = JSONReporter(console: screen.console(), render: { _ in "" })
        let outcome = try workshop.run(builder.graph, onEvent: { reporter.receive($0) })
        #expect(outcome.summary.notRun == 1)
        let lines = steady(screen.output).split(separator: "\n").map(String.init)
        let digest = ToyNumber(2).record.digest.hex
        #expect(
            lines == [
                #"{"cached": 1, "event": "planned", "recipe": "test", "time": "T", "to_run": 2}"#,
                #"{"cell": {}, "digest": "\#(digest)", "event": "cached", "kind": "constant", "node": "start", "planned": true, "time": "T"}"#,
                #"{"cell": {}, "event": "started", "kind": "fail", "node": "bad", "planned": true, "seconds_left": null, "time": "T"}"#,
                #"{"cell": {}, "event": "failed", "node": "bad", "reason": "the number is too large: 2.0", "time": "T"}"#,
                #"{"by": {"cell": {}, "node": "bad"}, "cell": {}, "event": "blocked", "kind": "scale", "node": "twice", "time": "T"}"#,
                #"{"cached": 1, "event": "summary", "exit_code": 3, "expectations_not_met": 0, "failed": 1, "interrupted": false, "not_run": 1, "not_written": 0, "ran": 0, "regressions": [], "seconds": T, "skipped": 0, "time": "T", "unchanged": 0, "written": 0}"#,
            ]
        )
    }

    @Test func junitIsXMLAlone() throws {
        try run(DocumentReporter(JUnitReport(), console: screen.console(), text: render))
        #expect(
            steady(screen.output) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="2" failures="1" errors="1">
                  <testsuite name="test" tests="2" failures="1" errors="1" time="T">
                    <testcase classname="test" name="bad" file="test.yaml" line="2">
                      <error message="`bad` failed: the number is too large: 2.0">test.yaml:2:3: `bad` failed: the number is too large: 2.0</error>
                    </testcase>
                    <testcase classname="test" name="$start.value &gt; 3.0 [x=1]" file="test.yaml" line="200">
                      <failure message="expected `$start.value &gt; 3.0` at x=1, but it is 2">test.yaml:200:3: expected `$start.value &gt; 3.0` at x=1, but it is 2</failure>
                    </testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    private func junit(
        _ graph: ExecutionGraph,
        cancellation: Cancellation = Cancellation(),
        _ configure: (inout RunOptions) -> Void = { _ in },
        onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> String {
        let reporter = DocumentReporter(JUnitReport(), console: screen.console(), text: render)
        _ = try workshop.run(graph, cancellation: cancellation, configure) { event in
            reporter.receive(event)
            onEvent(event)
        }
        return steady(screen.output)
    }

    /// A build server that reads the XML alone must not take it for a run in which all is well.
    @Test func junitOfAnInterruptedRun() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(2)])
        let twice = builder.add("twice", "scale", at: [("x", .integer(1))], inputs: ["input": [start]])
        builder.expect(twice, "value", .greater, 3)
        let cancellation = Cancellation()
        let xml = try junit(builder.graph, cancellation: cancellation, { _ in }) { event in
            if case .started = event { cancellation.request() }
        }
        #expect(
            xml == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="2" failures="0" errors="1" skipped="1">
                  <testsuite name="test" tests="2" failures="0" errors="1" skipped="1" time="T">
                    <testcase classname="test" name="$twice.value &gt; 3.0 [x=1]" file="test.yaml" line="200">
                      <skipped message="the run was interrupted"/>
                    </testcase>
                    <testcase classname="test" name="the whole run">
                      <error message="the run was interrupted (exit status 130), and 1 node did not run">test: the run was interrupted (exit status 130), and 1 node did not run</error>
                    </testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    /// What rests on what failed did not run, and what it was expected to be was not judged.
    @Test func junitOfWhatAFailureKeptFromRunning() throws {
        var builder = GraphBuilder()
        let start = builder.add("start", "constant", ["value": .number(2)])
        let bad = builder.add("bad", "fail", inputs: ["input": [start]])
        let twice = builder.add("twice", "scale", inputs: ["input": [bad]])
        builder.expect(bad, "value", .greater, 3)
        builder.expect(twice, "value", .greater, 3)
        let xml = try junit(builder.graph) { $0.keepGoing = true }
        #expect(
            xml == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="4" failures="0" errors="1" skipped="3">
                  <testsuite name="test" tests="4" failures="0" errors="1" skipped="3" time="T">
                    <testcase classname="test" name="bad" file="test.yaml" line="2">
                      <error message="`bad` failed: the number is too large: 2.0">test.yaml:2:3: `bad` failed: the number is too large: 2.0</error>
                    </testcase>
                    <testcase classname="test" name="twice">
                      <skipped message="bad failed"/>
                    </testcase>
                    <testcase classname="test" name="$bad.value &gt; 3.0" file="test.yaml" line="200">
                      <skipped message="bad failed"/>
                    </testcase>
                    <testcase classname="test" name="$twice.value &gt; 3.0" file="test.yaml" line="201">
                      <skipped message="bad failed"/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    @Test func junitOfResultsThatCouldNotBeKept() {
        var summary = RunSummary()
        summary.unkept = 2
        #expect(JUnitReport().text(summary).contains("(exit status 75), and 2 results could not be kept\">"))
    }

    @Test func anInvalidRecipeIsASuiteOfErrors() {
        let place = SourceLocation(file: "a.yaml", line: 3, column: 7)
        let suite = JUnitSuite(
            name: "a.yaml",
            errors: [
                Diagnostic(.error, "there is no node `<b>`", at: place), Diagnostic(.warning, "unused", at: place),
                Diagnostic(.error, "no such file", at: SourceLocation(file: "a.yaml", line: 0, column: 0)),
            ]
        )
        #expect(
            suite.xml() == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="2" failures="0" errors="2">
                  <testsuite name="a.yaml" tests="2" failures="0" errors="2" time="0.0">
                    <testcase classname="a.yaml" name="a.yaml:3:7: there is no node `&lt;b&gt;`" file="a.yaml" line="3">
                      <error message="there is no node `&lt;b&gt;`">a.yaml:3:7: there is no node `&lt;b&gt;`</error>
                    </testcase>
                    <testcase classname="a.yaml" name="a.yaml: no such file">
                      <error message="no such file">a.yaml: no such file</error>
                    </testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    @Test func markdownIsASummaryAlone() throws {
        try run(DocumentReporter(MarkdownReport(), console: screen.console(), text: render))
        #expect(
            steady(screen.output) == """
                ### pulid-run

                1 ran, 0 cached, 1 failed, 2 written, 1 of 1 expectation not met in T s

                | what | problem | found | baseline |
                |---|---|---|---|
                | `bad` | failed | the number is too large: 2.0 |  |
                | `start[x=1]` | `$start.value > 3.0` | 2 |  |


                """
        )
        #expect(screen.error.contains("the number is too large"))
        let place = SourceLocation(file: "a|b.yaml", line: 3, column: 7)
        let errors = [
            Diagnostic(.error, "there is no node `<b>`", at: place, hint: "did you mean `b`?"),
            Diagnostic(.warning, "unused", at: place),
        ]
        #expect(
            RunMarkdown(errors: errors).text == """
                ### pulid-run

                the recipe cannot be run: 1 error

                | where | what |
                |---|---|
                | `a\\|b.yaml:3:7` | there is no node \\`&lt;b>\\` (did you mean \\`b\\`?) |


                """
        )
    }

    @Test func gitHubGetsAnnotationsAndASummary() throws {
        let file = workshop.folder("summary.md")
        try run(
            GitHubReporter(
                console: screen.console(),
                text: render,
                render: { $0.map { "::error::\($0.message)\n" }.joined() },
                summaryFile: file
            )
        )
        #expect(screen.output.contains("::error::`bad` failed: the number is too large: 2.0\n"))
        #expect(screen.output.contains("::error::expected `$start.value > 3.0` at x=1, but it is 2\n"))
        #expect(
            steady(try workshop.folder.text(of: "summary.md")) == """
                ### pulid-run

                1 ran, 0 cached, 1 failed, 2 written, 1 of 1 expectation not met in T s

                | what | problem | found | baseline |
                |---|---|---|---|
                | `bad` | failed | the number is too large: 2.0 |  |
                | `start[x=1]` | `$start.value > 3.0` | 2 |  |


                """
        )
    }
}
