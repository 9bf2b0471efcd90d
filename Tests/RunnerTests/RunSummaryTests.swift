import Graph
import Runner
import Testing

/// How a run ends, from what it came to.
@Suite struct RunSummaryTests {
    @Test func whatWasNotRunIsNotWell() {
        var summary = RunSummary()
        #expect(summary.exitStatus == .success)
        summary.notRun = 1
        #expect(summary.exitStatus == .nodeFailed)
    }

    @Test func theSignalDecidesHowAnInterruptionEnds() {
        var summary = RunSummary()
        summary.isInterrupted = true
        summary.notRun = 3
        #expect(summary.exitStatus == .interrupted)
        summary.interruption = .terminated
        #expect(summary.exitStatus == .terminated)
    }
}
