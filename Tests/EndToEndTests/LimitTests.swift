import EngineTestSupport
import Foundation
import Testing

/// What a system does not give.
@Suite struct LimitTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try test.folder.write(
            """
            nodes:
              picture: {uses: draw_face, seed: 1, size: 16}
            outputs: {"face.png": $picture}

            """,
            to: "face.yaml"
        )
    }

    /// Root may start as many as it likes, so it becomes somebody who has no other process.
    @Test(arguments: ["face.yaml", "plan face.yaml", "cache stats"])
    func noThreads(arguments: String) throws {
        chmod(test.folder.path, 0o777)
        let user = 400_000 + Int(getpid() % 100_000)
        let become = geteuid() == 0 ? "setpriv --reuid \(user) --clear-groups" : ""
        let result = try test.shell("exec prlimit --nproc=2 \(become) \"$PULID_RUN\" \(arguments)")
        #expect(result.status == 3, "\(result.stderr)")
        #expect(result.stderr.contains(" threads can be started (Resource temporarily unavailable): "))
        #expect(result.stdout == "")
    }

    /// Wherever the process is when the system has no more for it: while it starts, reads, draws, keeps or writes.
    @Test func littleMemory() throws {
        try test.folder.write(
            """
            axes: {seed: [1, 2, 3]}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: 16}
              large:   {uses: resize, image: $picture, width: 7000}
            outputs: {"${seed}.png": $picture, "${seed}-large.png": $large}

            """,
            to: "large.yaml"
        )
        var ends: Set<String> = []
        for megabytes in stride(from: 100, through: 240, by: 20) {
            for name in ["cache", "out"] { try? FileManager.default.removeItem(atPath: test.folder(name)) }
            let result = try test.shell(
                "ulimit -v \(megabytes)000; exec \"$PULID_RUN\" large.yaml --jobs 2 --threads 2"
            )
            // Libraries are loaded before anything of ours runs.
            if result.status == 127 { continue }
            #expect(result.status == 3, "\(megabytes) MB: \(result.status), \(result.stderr)")
            let problem = result.stderr.split(separator: "\n").last ?? ""
            let isRefused = problem.hasPrefix("error: the system refuses ")
            #expect(isRefused || problem.contains(" threads can be started "), "\(megabytes) MB: \(result.stderr)")
            ends.insert(isRefused ? "refused" : "threads")
            let verified = try test.run("cache", "verify")
            #expect(verified.status == 0, "\(megabytes) MB: \(verified.stdout)\(verified.stderr)")
        }
        #expect(ends == ["refused", "threads"])
        #expect(try test.run("large.yaml", "--only", "picture").status == 0)
        #expect(try test.folder.files(under: "out") == ["large/1.png", "large/2.png", "large/3.png"])
    }

    @Test func fewDescriptors() throws {
        try test.edit("face.yaml") {
            "axes: {seed: {from: 1, to: 200}}\n"
                + $0.replacing("seed: 1,", with: "seed: \"${seed}\",").replacing("face.png", with: "${seed}.png")
        }
        let result = try test.shell("ulimit -S -n 32; exec \"$PULID_RUN\" face.yaml --jobs 2")
        #expect(result.status == 0, "\(result.stderr)")
        #expect(test.summary(try test.run("face.yaml")) == "0 ran, 200 cached, 0 written, 200 unchanged")
    }

    @Test(arguments: [("unset HOME", "not set"), ("HOME=", "empty"), ("HOME=here", "here, not a path from the root")])
    func noPlaceForTheCache(script: String, problem: String) throws {
        let result = try test.shell("unset PULID_CACHE; export HOME; \(script); exec \"$PULID_RUN\" face.yaml")
        #expect(result.status == 5)
        #expect(
            result.stderr
                == "error: there is no place for the cache: HOME is \(problem); give a folder with --cache or "
                + "PULID_CACHE\n"
        )
        #expect(try test.folder.files().filter { $0.contains(".cache") } == [])
    }
}
