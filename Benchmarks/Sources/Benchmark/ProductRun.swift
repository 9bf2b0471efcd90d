import Foundation

/// A run of pulid-run, as its user would start it.
struct ProductRun {
    struct Result {
        let seconds: Double
        /// The most memory it has held, in bytes, as told at its last line. What `wait4` tells is never less than the
        /// memory of the process that started it.
        let peak: Int
        /// When each line of the standard output came, in seconds after the start.
        let lines: [(text: String, at: Double)]
    }

    let program: String
    let recipe: URL
    let folder: URL
    /// The node that runs again while all others are taken from the cache of the run before; nil empties the cache.
    var forced: String?

    /// - Throws: `ProductRunError` if it fails.
    func callAsFunction() throws -> Result {
        let cache = folder.appendingPathComponent("cache")
        if forced == nil { try? FileManager.default.removeItem(at: cache) }
        let arguments =
            [
                program, "run", recipe.path, "--cache", cache.path, "--out", folder.appendingPathComponent("out").path,
                "--format", "json",
            ] + (forced.map { ["--force", $0] } ?? [])
        let clock = ContinuousClock()
        let start = clock.now
        let (child, output) = try spawn(arguments)
        var lines: [(String, Double)] = []
        // A line is read as it comes, so that its time is right.
        var peak = 0
        while let line = readLine(from: output) {
            lines.append((line, start.duration(to: clock.now) / .seconds(1)))
            peak = ProcessMemory.peak(of: "\(child)") ?? peak
        }
        fclose(output)
        var status: Int32 = 0
        guard waitpid(child, &status, 0) == child, status == 0 else {
            throw ProductRunError.failed(arguments: arguments, lines: lines.suffix(3).map(\.0))
        }
        return Result(
            seconds: start.duration(to: clock.now) / .seconds(1),
            peak: peak,
            lines: lines
        )
    }

    private func spawn(_ arguments: [String]) throws -> (pid_t, UnsafeMutablePointer<FILE>) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProductRunError.cannotStart(program) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        let strings = arguments.map { strdup($0) }
        defer { strings.forEach { free($0) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, program, &actions, nil, strings + [nil], environ)
        close(ends[1])
        guard failure == 0, let output = fdopen(ends[0], "r") else { throw ProductRunError.cannotStart(program) }
        return (child, output)
    }

    private func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        guard getline(&line, &capacity, file) > 0, let line else { return nil }
        return String(cString: line)
    }
}

enum ProductRunError: Error, CustomStringConvertible {
    case cannotStart(String)
    case failed(arguments: [String], lines: [String])

    var description: String {
        switch self {
        case .cannotStart(let program): "\(program) cannot be started; `make build` builds it"
        case .failed(let arguments, let lines): "\(arguments.joined(separator: " ")) failed: \(lines.joined())"
        }
    }
}
