import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization
import Testing

/// Runs that share results by a remote cache: one that works, and ones that do everything wrong.
@Suite struct RemoteTests {
    let workshop: Workshop
    let server: ScriptedServer

    init() throws {
        workshop = try Workshop()
        server = try ScriptedServer()
    }

    /// Of six captions, painted and listed.
    private func graph(_ captions: Range<Int> = 0..<6) -> ExecutionGraph {
        var builder = GraphBuilder()
        for index in captions {
            let cell = [("n", Value.integer(Int128(index)))]
            let caption = builder.add("caption", "caption", at: cell, ["text": .string("caption \(index)")])
            let image = builder.add(
                "image",
                "paint",
                at: cell,
                ["width": .integer(64), "seed": .integer(Int128(index))],
                inputs: ["caption": [caption]]
            )
            builder.output("\(index).pgm", image)
        }
        return builder.graph
    }

    private func remote(
        mode: RemoteCache.Mode = .write,
        signatures: TraceSignatures = TraceSignatures(),
        patience: Double = 8
    ) -> RemoteChoice {
        RemoteChoice { [server] warn in
            let tier = try HTTPTier(server.url, name: server.url, HTTPAccess())
            return RemoteCache(tier, mode: mode, signatures: signatures, patience: patience, warn: warn)
        }
    }

    private func run(
        _ graph: ExecutionGraph,
        cache: String,
        _ mode: RemoteCache.Mode = .write,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Workshop.Outcome {
        try workshop.run(
            graph,
            cache: cache,
            remote: remote(mode: mode)
        ) { options in
            options.out = workshop.folder("out-\(cache)")
            change(&options)
        }
    }

    /// The outputs of a run without a remote cache.
    private func expected(_ graph: ExecutionGraph) throws -> [String: [UInt8]] {
        _ = try workshop.run(graph, cache: "alone") { $0.out = workshop.folder("out-alone") }
        return try outputs("alone")
    }

    private func outputs(_ cache: String) throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: workshop.folder("out-\(cache)"))
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try workshop.folder.bytes(of: "out-\(cache)/\($0)")) }
        )
    }

    // MARK: - A cache that works

    @Test func anEmptyCacheRunsNothingThatAnotherMachineHasRun() throws {
        let expected = try expected(graph())
        let first = try run(graph(), cache: "a")
        #expect(first.ran.count == 12)
        #expect(first.summary.remote?.statistics.written == 12)
        let second = try run(graph(), cache: "b")
        #expect(second.ran.isEmpty && second.summary.cached == 12 && second.warnings.isEmpty)
        #expect(try outputs("b") == expected)
        let counts = try #require(second.summary.remote).statistics
        // Captions are needed by nobody: their digests are enough.
        #expect(counts.found == 12 && counts.valuesRead == 6 && counts.written == 0)
        // What was told is remembered: without the server the same outputs need nothing.
        let third = try workshop.run(graph(), cache: "b") { $0.out = workshop.folder("out-b") }
        #expect(third.ran.isEmpty && third.unchanged.count == 6)
    }

    @Test func halvesRunApartMakeAWhole() throws {
        let expected = try expected(graph(0..<6))
        _ = try run(graph(0..<3), cache: "a")
        _ = try run(graph(3..<6), cache: "b")
        let whole = try run(graph(0..<6), cache: "c")
        #expect(whole.ran.isEmpty)
        #expect(try outputs("c") == expected)
    }

    @Test func halvesMeetInASharedFolder() throws {
        let expected = try expected(graph(0..<6))
        let share = workshop.folder("share")
        try FileManager.default.createDirectory(atPath: share, withIntermediateDirectories: true)
        for (cache, part) in [("a", 0..<3), ("b", 3..<6), ("c", 0..<6)] {
            let outcome = try workshop.run(
                graph(part),
                cache: cache,
                remote: RemoteChoice { RemoteCache(SharedFolderTier(folder: share), warn: $0) },
                { $0.out = workshop.folder("out-\(cache)") }
            )
            #expect(outcome.warnings.isEmpty)
            #expect(outcome.ran.count == (cache == "c" ? 0 : 6))
        }
        #expect(try outputs("c") == expected)
        let files = try FileManager.default.subpathsOfDirectory(atPath: share).filter {
            $0.split(separator: "/").count == 3
        }
        #expect(files.count == 24)
        for file in files {
            let parts = file.split(separator: "/")
            #expect(parts[0] == "ac" || parts[0] == "cas")
            #expect(parts[2].count == 64 && parts[2].hasPrefix(parts[1]))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(share)/tmp").isEmpty)
    }

    @Test func aPlanReadsNoValues() throws {
        _ = try run(graph(), cache: "a")
        let plan = try workshop.plan(graph(), cache: "b", remote: remote(mode: .read).open { _ in })
        #expect(plan.toRun == 0 && plan.cached == 12 && plan.remote == 12)
        #expect(
            PlanTable(plan, of: graph()).description.hasSuffix("12 nodes cached (12 in the remote cache), 0 to run")
        )
        #expect(!server.requests.contains { $0.method == "GET" && $0.path.hasPrefix("/cas/") })
    }

    @Test func whoOnlyReadsSendsNothing() throws {
        let outcome = try run(graph(), cache: "a", .read)
        #expect(outcome.ran.count == 12)
        #expect(!server.requests.contains { $0.method == "PUT" })
    }

    /// Values before the traces that name them, each with its length, none with `Expect`.
    @Test func howResultsAreSent() throws {
        _ = try run(graph(0..<1), cache: "a")
        let puts = server.requests.filter { $0.method == "PUT" }
        #expect(puts.count == 4)
        var values: Set<String> = []
        for put in puts {
            #expect(put.headers["content-length"] == "\(put.body.count)")
            #expect(put.headers["expect"] == nil && put.headers["transfer-encoding"] == nil)
            if put.path.hasPrefix("/cas/") {
                #expect(put.path == "/cas/\(Digest(of: put.body).hex)")
                values.insert(String(put.path.dropFirst(5)))
            } else {
                let text = String(decoding: put.body, as: UTF8.self)
                #expect(values.contains { text.contains($0) })
            }
        }
    }

    @Test func aValueThatIsGoneIsMadeAgain() throws {
        let expected = try expected(graph())
        _ = try run(graph(), cache: "a")
        server.change { entries in entries = entries.filter { $0.key.hasPrefix("/ac/") } }
        let outcome = try run(graph(), cache: "b")
        #expect(outcome.summary.exitStatus == .success)
        #expect(try outputs("b") == expected)
        // And is there for the next.
        #expect(try run(graph(), cache: "c").ran.isEmpty)
    }

    @Test func aResultThatAnotherMachineMakesMeanwhileIsTaken() throws {
        var builder = GraphBuilder()
        let number = builder.add("number", "constant", ["value": .number(1)])
        let slept = builder.add("slept", "sleep", ["seconds": .number(5.5)], inputs: ["input": [number]])
        let other = builder.add("other", "constant", ["value": .number(2)])
        let scaled = builder.add("scaled", "add", inputs: ["a": [slept], "b": [other]])
        builder.output("sum.txt", scaled)
        let graph = builder.graph
        var small = GraphBuilder()
        small.output("other.txt", small.add("other", "constant", ["value": .number(2)]))
        let smallGraph = small.graph
        // While one machine sleeps, another makes what it will want next.
        let onEvent: @Sendable (RunEvent) -> Void = { [workshop, remote = remote()] event in
            if case .started(let name, _, _) = event, name.node == "slept" {
                _ = try? workshop.run(smallGraph, cache: "b", remote: remote)
            }
        }
        let ran = try workshop.run(graph, cache: "a", remote: remote(), onEvent: onEvent).ran
        #expect(ran.contains("slept") && ran.contains("scaled"))
        #expect(try workshop.text("sum.txt") == "3.0\n")
    }

    // MARK: - Numerics

    /// The class is in the key, so that other bits are a miss; a trace that says another one under the same key is one too.
    @Test func anotherNumericsClassIsAMiss() throws {
        _ = try workshop.run(graph(), cache: "a", remote: remote(), numerics: "other")
        let outcome = try run(graph(), cache: "b")
        #expect(outcome.ran.count == 12 && outcome.warnings.isEmpty)
        server.change { entries in
            for (path, body) in entries where path.hasPrefix("/ac/") {
                entries[path] = Self.replacing("toy", with: "tox", in: body)
            }
        }
        let wary = try run(graph(), cache: "c")
        #expect(wary.ran.count == 12)
        #expect((wary.summary.remote?.statistics.wrong ?? 0) > 0)
    }

    private static func replacing(_ old: String, with new: String, in body: [UInt8]) -> [UInt8] {
        var body = body
        while let range = body.firstRange(of: Array(old.utf8)) { body.replaceSubrange(range, with: Array(new.utf8)) }
        return body
    }

    // MARK: - Everything wrong

    /// What is done to the answers, by name.
    private static let harms: [(String, @Sendable (ScriptedServer.Request, [UInt8]) -> ScriptedServer.Answer)] = [
        ("garbage", { _, body in .status(200, body.map { $0 ^ 0x55 }) }),
        ("other garbage", { _, _ in .status(200, Array("<html>Sign in to the network</html>".utf8)) }),
        ("nothing", { _, _ in .status(200, []) }),
        ("truncation", { _, body in .announced(body.count, body: Array(body.dropLast(5))) }),
        ("a short body", { _, body in .status(200, Array(body.dropLast(5))) }),
        ("a long body", { _, body in .status(200, body + [1, 2, 3]) }),
        ("a wrong length", { _, body in .announced(body.count - 3, body: body) }),
        ("an absurd length", { _, body in .announced(1 << 50, body: body) }),
        ("errors", { _, _ in .status(500, Array("sorry".utf8)) }),
        ("no access", { _, _ in .status(403) }),
        ("redirection", { request, _ in .status(302, headers: ["Location: \(request.path)0"]) }),
        ("no HTTP", { _, _ in .raw(Array("220 mail.example.org ESMTP\r\n".utf8)) }),
        ("resets", { _, _ in .reset }),
        ("silence", { _, _ in .silence }),
        ("a trickle", { _, body in .trickle(body, pause: 0.5) }),
        ("misses", { _, _ in .status(204) }),
    ]

    @Test(arguments: harms.map(\.0), ["GET /ac/", "GET /cas/", "PUT"])
    func nothingWrongEntersARun(harm: String, step: String) throws {
        let expected = try expected(graph())
        _ = try run(graph(), cache: "a")
        let before = server.entries
        let wrong = try #require(Self.harms.first { $0.0 == harm }).1
        server.answer { request in
            guard "\(request.method) \(request.path)".hasPrefix(step) else { return .usual }
            return wrong(request, before[request.path] ?? request.body)
        }
        if step == "PUT" { server.change { $0 = [:] } }
        let start = ContinuousClock.now
        let outcome = try run(graph(), cache: "b")
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(outcome.summary.exitStatus == .success)
        #expect(try outputs("b") == expected)
        #expect(seconds < 10, "\(seconds) s")
        let counts = try #require(outcome.summary.remote).statistics
        // A server that says it took what it did not take is only found out by who asks for it.
        if counts.written < 12, harm != "misses" {
            #expect(counts.wrong + counts.failures + counts.notWritten > 0, "\(counts)")
            #expect(!outcome.warnings.isEmpty || counts.wrong + counts.notWritten == 0)
        }
        // What came of it here is right as well.
        let again = try workshop.run(graph(), cache: "b") { $0.out = workshop.folder("out-again") }
        #expect(again.summary.exitStatus == .success)
        #expect(try outputs("again") == expected)
        // So is what came of it there.
        server.answer { _ in .usual }
        #expect(try run(graph(), cache: "c").summary.exitStatus == .success)
        #expect(try outputs("c") == expected)
        server.stop()
    }

    @Test func aServerThatIsNotThereIsGivenUpAtOnce() throws {
        server.stop()
        let start = ContinuousClock.now
        let outcome = try run(graph(), cache: "a")
        #expect(outcome.ran.count == 12 && outcome.summary.exitStatus == .success)
        #expect(outcome.warnings.count { $0.contains("does not work") } == 1)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    /// Two traces that are whole, and lie under each other's keys.
    @Test func tracesOfOtherKeysAreNoticed() throws {
        let expected = try expected(graph())
        _ = try run(graph(), cache: "a")
        server.change { entries in
            let traces = entries.filter { $0.key.hasPrefix("/ac/") }.sorted { $0.key < $1.key }
            for (entry, other) in zip(traces, traces.dropFirst() + traces.prefix(1)) {
                entries[entry.key] = other.value
            }
        }
        let outcome = try run(graph(), cache: "b")
        #expect(outcome.ran.count == 12)
        #expect(try outputs("b") == expected)
        #expect((outcome.summary.remote?.statistics.wrong ?? 0) > 0)
    }

    /// Traces that say another value, which exists and is of another kind, with everything else as it should be.
    @Test func valuesOfAnotherKindAreNoticed() throws {
        let expected = try expected(graph())
        _ = try run(graph(), cache: "a")
        let values = server.entries.filter { $0.key.hasPrefix("/cas/") }
        func isImage(_ body: [UInt8]) -> Bool { (try? RecordCoder.decode(body))?.kind == ToyImage.kind }
        let text = try #require(values.first { !isImage($0.value) })
        server.change { entries in
            for (path, body) in entries where path.hasPrefix("/ac/") {
                for (value, bytes) in values where isImage(bytes) {
                    let (old, new) = (String(value.dropFirst(5)), String(text.key.dropFirst(5)))
                    guard body.firstRange(of: Array(old.utf8)) != nil else { continue }
                    var changed = Self.replacing(old, with: new, in: body)
                    changed = Self.replacing(
                        "\"size\": \(bytes.count)",
                        with: "\"size\": \(text.value.count)",
                        in: changed
                    )
                    entries[path] = changed
                }
            }
        }
        let outcome = try run(graph(), cache: "b")
        #expect(outcome.summary.exitStatus == .success)
        #expect(try outputs("b") == expected)
    }

    /// A trace that names a value of the right kind, but another: only the node itself can tell, and when it does, nothing
    /// that was told is believed any more.
    @Test func aFalseResultThatComesOutIsForgottenWithAllThatRestsOnIt() throws {
        var builder = GraphBuilder()
        let caption = builder.add("caption", "caption", ["text": .string("right")])
        let image = builder.add("image", "paint", inputs: ["caption": [caption]])
        builder.output("image.pgm", image)
        let right = builder.graph
        var other = GraphBuilder()
        let wrongCaption = other.add("caption", "caption", ["text": .string("wrong")])
        other.output("image.pgm", other.add("image", "paint", inputs: ["caption": [wrongCaption]]))
        let expected = try expected(right)
        _ = try run(right, cache: "a")
        let rightTraces = server.entries.filter { $0.key.hasPrefix("/ac/") }
        let rightValues = Set(server.entries.keys.filter { $0.hasPrefix("/cas/") })
        server.change { $0 = $0.filter { !$0.key.hasPrefix("/ac/") } }
        _ = try run(other.graph, cache: "x")
        // The caption's trace now names the other caption, whose value is gone.
        let lie = try #require(
            server.entries.first { path, body in
                path.hasPrefix("/cas/") && !rightValues.contains(path)
                    && (try? RecordCoder.decode(body))?.kind == ToyText.kind
            }
        )
        server.change { entries in
            entries = entries.filter { !$0.key.hasPrefix("/ac/") }
            entries[lie.key] = nil
            for (path, body) in rightTraces {
                let text = String(decoding: body, as: UTF8.self)
                guard text.contains("\"node\": \"caption\"") else { continue }
                for value in rightValues {
                    entries[path] = Self.replacing(
                        String(value.dropFirst(5)),
                        with: String(lie.key.dropFirst(5)),
                        in: entries[path] ?? body
                    )
                }
            }
        }
        let outcome = try run(right, cache: "b")
        #expect(outcome.summary.exitStatus == .success)
        #expect(try outputs("b") == expected)
        let warnings = outcome.events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
        #expect(warnings.contains { $0.contains("begins again without it") }, "\(warnings) \(outcome.warnings)")
        #expect(try workshop.run(right, cache: "b") { $0.out = workshop.folder("out-b") }.ran.isEmpty)
    }

    @Test func aServerThatIsAlwaysLateIsNotWaitedForLongerThanItMay() throws {
        server.answer { _ in .late(seconds: 0.4) }
        let start = ContinuousClock.now
        let outcome = try workshop.run(graph(0..<60), remote: remote(patience: 1.5))
        #expect(outcome.ran.count == 120 && outcome.summary.exitStatus == .success)
        #expect(ContinuousClock.now - start < .seconds(6))
        #expect(outcome.warnings.contains { $0.contains("takes longer than it is worth") })
    }

    @Test func aServerThatComesBackGetsWhatItMissed() throws {
        let isDown = Atomic(true)
        let graph = graph()
        server.answer { request in isDown.load(ordering: .relaxed) && request.method == "PUT" ? .status(503) : .usual }
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 1)
            isDown.store(false, ordering: .relaxed)
        }
        let outcome = try workshop.run(graph, remote: remote())
        #expect(outcome.summary.remote?.statistics.written == 12, "\(outcome.warnings)")
        #expect(server.entries.count == 24)
    }

    // MARK: - No access, no room

    @Test(arguments: [401, 403, 405]) func whoMayNotWriteReads(status: Int) throws {
        _ = try run(graph(0..<3), cache: "a")
        server.answer { $0.method == "PUT" ? .status(status) : .usual }
        let outcome = try run(graph(), cache: "b")
        #expect(outcome.ran.count == 6)
        #expect(outcome.warnings.count { $0.contains("is only read from now on") } == 1, "\(outcome.warnings)")
    }

    @Test(arguments: [413, 507]) func whatIsTooLargeIsNotSentAgain(status: Int) throws {
        server.answer { $0.method == "PUT" && $0.path.hasPrefix("/cas/") ? .status(status) : .usual }
        let outcome = try run(graph(0..<1), cache: "a")
        #expect(outcome.summary.exitStatus == .success)
        #expect(server.requests.count { $0.method == "PUT" } == 2)
        #expect(server.entries.isEmpty)
        #expect(outcome.warnings.contains { $0.contains("has no room") })
    }

    // MARK: - Signatures

    @Test func onlySignedResultsAreBelieved() throws {
        for name in ["ours", "theirs"] {
            for arguments in [
                ["genpkey", "-algorithm", "ed25519", "-out", workshop.folder("\(name).pem")],
                ["pkey", "-in", workshop.folder("\(name).pem"), "-pubout", "-out", workshop.folder("\(name).pub")],
            ] {
                let process = try Process.run(URL(fileURLWithPath: "/usr/bin/openssl"), arguments: arguments)
                process.waitUntilExit()
                try #require(process.terminationStatus == 0)
            }
        }
        func signing(_ name: String?, trusting trusted: String?) throws -> TraceSignatures {
            try TraceSignatures(
                privateKey: name.map { workshop.folder("\($0).pem") },
                publicKeys: trusted.map { workshop.folder("\($0).pub") }
            )
        }
        func run(_ cache: String, _ signatures: TraceSignatures) throws -> Workshop.Outcome {
            try workshop.run(graph(0..<2), cache: cache, remote: remote(signatures: signatures))
        }
        // Nobody has signed, then somebody whom nobody knows.
        #expect(try run("a", TraceSignatures()).ran.count == 4)
        let unsigned = try run("b", signing(nil, trusting: "ours"))
        #expect(unsigned.ran.count == 4 && unsigned.summary.remote?.statistics.unsigned == 4)
        #expect(unsigned.warnings.count == 1 && unsigned.warnings[0].contains("has signed them"))
        #expect(unsigned.summary.remote?.statistics.written == 0)
        server.change { $0 = [:] }
        _ = try run("c", signing("theirs", trusting: nil))
        #expect(try run("d", signing("ours", trusting: "ours")).ran.count == 4)
        // Now it is ours.
        #expect(try run("e", signing(nil, trusting: "ours")).ran.isEmpty)
        #expect(try run("f", TraceSignatures()).ran.isEmpty)
        // A signature of something else.
        server.change { entries in
            for (path, body) in entries where path.hasPrefix("/ac/") {
                guard let end = body.firstRange(of: Array("\"seconds\": ".utf8))?.upperBound else { continue }
                entries[path]?[end] = UInt8(ascii: body[end] == UInt8(ascii: "7") ? "8" : "7")
            }
        }
        #expect(try run("g", signing(nil, trusting: "ours")).ran.count == 4)
        #expect(throws: RemoteSettingsError.self) { try signing("none", trusting: nil) }
        #expect(throws: RemoteSettingsError.self) {
            try TraceSignatures(privateKey: nil, publicKeys: workshop.folder("ours.pem"))
        }
    }
}
