import EngineTestSupport
import Foundation
import Testing

/// What is printed and cannot be, must not look like success.
@Suite struct StandardStreamTests {
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

    private static let noSpace = "error: the standard output cannot be written: No space left on device\n"

    @Test(arguments: [
        "face.yaml", "face.yaml --format json", "face.yaml --format junit", "face.yaml --format github",
        "plan face.yaml",
        "plan face.yaml --format json", "nodes", "nodes --markdown", "nodes sample", "schema", "graph face.yaml",
        "cache stats", "doctor", "inspect models/tiny/pulid.safetensors", "--help", "--version",
    ])
    func aFullDisk(arguments: String) throws {
        let result = try test.shell("exec \"$PULID_RUN\" \(arguments) > /dev/full")
        #expect(result.status == 3, "\(result.stderr)")
        #expect(result.stderr.hasSuffix(Self.noSpace), "\(result.stderr)")
    }

    @Test func aReportThatCannotBeWritten() throws {
        let result = try test.run("face.yaml", "--report", "/dev/full", "--format", "json")
        #expect(result.status == 3)
        #expect(result.lines.last?.contains("\"exit_code\": 3") == true)
        #expect(result.stdout.contains("`/dev/full` could not be written: "), "\(result.stdout)")
        var status = stat()
        #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    /// People who have seen enough need no message; a program must not take a part for the whole.
    @Test(arguments: [("nodes", 0), ("plan face.yaml", 0), ("schema", 3), ("face.yaml --format json", 3)])
    func aReaderThatIsGone(arguments: String, status: Int32) throws {
        // The first reader ends at once, and only then the program begins.
        let script = "{ sleep 0.3; \"$PULID_RUN\" \(arguments); echo $? > status; } | true; exit $(cat status)"
        let result = try test.shell(script)
        #expect(result.status == status)
        #expect(!result.stderr.contains("error"), "\(result.stderr)")
    }

    @Test func aClosedStreamIsNoFile() throws {
        let closed = try test.shell("exec \"$PULID_RUN\" face.yaml >&- <&-")
        #expect(closed.status == 3)
        #expect(closed.stderr.hasSuffix("error: the standard output cannot be written: Bad file descriptor\n"))
        #expect(try test.shell("exec \"$PULID_RUN\" face.yaml >&- 2>&- <&-").status == 0)
        #expect(try test.run("cache", "verify").status == 0)
    }
}
