import EngineTestSupport
import Foundation
import Testing

/// The project's folder.
let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    .standardizedFileURL.path

/// Runs the built program in a folder of its own that holds copies of the recipes and the embedded models, with its
/// own cache.
struct CommandTest {
    struct Result {
        let status: Int32
        let stdout: String
        let stderr: String
        var lines: [String] { stdout.split(separator: "\n").map(String.init) }
    }

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["recipes", "models"] {
            try FileManager.default.copyItem(atPath: "\(projectFolder)/\(name)", toPath: folder(name))
        }
        // Files younger than two seconds are read again in the next run.
        let past = Date(timeIntervalSinceNow: -60)
        for file in try folder.files() {
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: folder(file))
        }
    }

    /// With `face.yaml` in the folder, a sweep of two small pictures, 1.png and 2.png.
    static func ofTwoFaces() throws -> CommandTest {
        let test = try CommandTest()
        try test.folder.write(
            """
            axes: {seed: [1, 2]}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: 16}
            outputs: {"${seed}.png": $picture}

            """,
            to: "face.yaml"
        )
        return test
    }

    /// - Parameter arguments: as on the command line; the cache is the test's own
    func run(_ arguments: String...) throws -> Result { try finish(start(arguments)) }

    /// Runs a script of `sh`, in which `$PULID_RUN` is the program: for streams and limits that are not the usual ones.
    func shell(_ script: String, environment: [String: String] = [:]) throws -> Result {
        try finish(start(shell: script, environment: environment))
    }

    func start(_ arguments: [String]) throws -> (process: Process, output: Pipe, errors: Pipe) {
        try start(Self.programPath(), arguments)
    }

    func start(
        shell script: String,
        environment: [String: String] = [:]
    ) throws -> (process: Process, output: Pipe, errors: Pipe) {
        try start("/bin/sh", ["-c", script], environment.merging(["PULID_RUN": try Self.programPath()]) { $1 })
    }

    private func start(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) throws -> (process: Process, output: Pipe, errors: Pipe) {
        let process = process(program, arguments, environment)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return (process, output, errors)
    }

    /// The program, with streams still to be given.
    func process(_ arguments: [String]) throws -> Process { process(try Self.programPath(), arguments, [:]) }

    private func process(_ program: String, _ arguments: [String], _ environment: [String: String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ["PULID_CACHE": folder("cache"), "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        return process
    }

    func finish(_ run: (process: Process, output: Pipe, errors: Pipe)) throws -> Result {
        // What is printed fits a pipe, so one can be read after the other.
        let stdout = run.output.fileHandleForReading.readDataToEndOfFile()
        let stderr = run.errors.fileHandleForReading.readDataToEndOfFile()
        run.process.waitUntilExit()
        return Result(
            status: run.process.terminationStatus,
            stdout: String(decoding: stdout, as: UTF8.self),
            stderr: String(decoding: stderr, as: UTF8.self)
        )
    }

    /// The last line of stderr without its time: `64 ran, 0 cached, 20 written`.
    func summary(_ result: Result) -> String {
        let last = result.stderr.split(separator: "\n").last.map(String.init) ?? ""
        return last.components(separatedBy: " in ")[0]
    }

    /// The nodes that ran, in order, without their times: `latent[style=neon seed=1]`.
    func executed(_ result: Result) -> [String] {
        result.stderr.split(separator: "\n").compactMap { line in
            guard line.hasSuffix(" s"), let colon = line.range(of: ": ", options: .backwards) else { return nil }
            let title = line[..<colon.lowerBound]
            return String(title.hasPrefix("[") ? title.drop { $0 != " " }.dropFirst() : title)
        }
    }

    func edit(_ file: String, _ change: (String) -> String) throws {
        try folder.write(change(try folder.text(of: file)), to: file)
    }

    static func programPath() throws -> String {
        // Tests and program are built into one folder.
        let build = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [
            build.appendingPathComponent("pulid-run").path, "\(projectFolder)/.build/release/pulid-run",
            "\(projectFolder)/.build/debug/pulid-run",
        ]
        return try #require(candidates.first(where: FileManager.default.isExecutableFile))
    }
}
