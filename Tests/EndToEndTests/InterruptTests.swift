import EngineTestSupport
import Foundation
import Testing

/// Signals to a run, as terminals, shells and schedulers send them.
@Suite(.timeLimit(.minutes(5))) struct InterruptTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try test.edit("recipes/seeds.yaml") {
            $0.replacing("{from: 1, to: 6}", with: "{from: 1, to: 400}").replacing("steps: 8", with: "steps: 50")
        }
    }

    private typealias Running = (process: Process, output: Pipe, errors: Pipe)

    /// Reads a stream until some latents are done.
    private func wait(for running: Running, in pipe: Pipe) -> String {
        var seen = ""
        while seen.ranges(of: "latent").count < 4, running.process.isRunning {
            seen += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        }
        return seen
    }

    private func cachedLatents() throws -> Int {
        let plan = try test.run("plan", "recipes/seeds.yaml")
        let cached = plan.lines.first { $0.hasPrefix("latent ") }?.split(separator: " ")[2]
        return cached.flatMap { Int($0) } ?? 0
    }

    @Test func aClosedTerminalIsAsGoodAsATermination() throws {
        let running = try test.start(["recipes/seeds.yaml"])
        let seen = wait(for: running, in: running.errors)
        kill(running.process.processIdentifier, SIGHUP)
        let result = try test.finish(running)
        #expect(result.status == 143, "\(seen) \(result.stderr)")
        // Whom it waits for, unless that was between two nodes.
        #expect(result.stderr.contains("\nstopping"), "\(result.stderr)")
        #expect(result.stderr.contains("\ninterrupted: "), "\(result.stderr)")
        #expect(try cachedLatents() >= 2)
    }

    /// nohup
    @Test func aRunThatIsToOutliveItsTerminalDoes() throws {
        let running = try test.start(shell: "trap '' HUP; exec \"$PULID_RUN\" recipes/seeds.yaml")
        _ = wait(for: running, in: running.errors)
        kill(running.process.processIdentifier, SIGHUP)
        let seen = wait(for: running, in: running.errors)
        #expect(!seen.contains("stopping"))
        kill(running.process.processIdentifier, SIGTERM)
        #expect(try test.finish(running).status == 143)
    }

    /// Nobody reads what it says, so that nothing of the run goes on, and only a second signal can end it.
    @Test func theSecondSignalEndsWhateverHangs() throws {
        try test.folder.write(
            """
            axes: {seed: {from: 1, to: 3000}}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: 16}
            outputs: {"${seed}.png": $picture}

            """,
            to: "many.yaml"
        )
        let running = try test.start(["many.yaml", "--grace", "86400"])
        let stream = running.errors.fileHandleForReading.fileDescriptor
        // F_SETPIPE_SZ, which Swift does not see: a page, the smallest that there is.
        #expect(fcntl(stream, 1031, 4096) == 4096)
        var unread: Int32 = 0
        while ioctl(stream, UInt(FIONREAD), &unread) == 0, unread < 4000, running.process.isRunning { usleep(10_000) }
        while running.process.isRunning {
            running.process.interrupt()
            usleep(50_000)
        }
        #expect(running.process.terminationReason == .exit)
        #expect(running.process.terminationStatus == 130)
    }

    /// A node that goes on for longer than it may is left, and what is finished is kept.
    @Test func theGraceEnds() throws {
        let running = try test.start(["recipes/seeds.yaml", "--grace", "0"])
        let seen = wait(for: running, in: running.errors)
        running.process.interrupt()
        let result = try test.finish(running)
        #expect(result.status == 130, "\(seen) \(result.stderr)")
        #expect(try cachedLatents() >= 2)
        #expect(try test.run("run", "recipes/seeds.yaml", "--grace", "-1").status == 64)
    }

    @Test func jsonSaysHowTheProcessEnds() throws {
        let running = try test.start(["recipes/seeds.yaml", "--format", "json"])
        _ = wait(for: running, in: running.output)
        running.process.terminate()
        let result = try test.finish(running)
        #expect(result.status == 143)
        #expect(result.lines.last?.contains("\"exit_code\": 143") == true, "\(result.lines.suffix(2))")
    }
}
