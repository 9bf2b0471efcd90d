import Foundation

/// A run of pulid-run, as its user would start it, with a cache that is empty.
struct ProductRun {
    struct Result {
        let seconds: Double
        /// The most memory it has held, in bytes.
        let peak: Int
        /// When each line of the standard output came, in seconds after the start.
        let lines: [(text: String, at: Double)]
    }

    let program: String
    let recipe: URL
    let folder: URL

    /// - Throws: `ProductRunError` if it fails.
    func callAsFunction() throws -> Result {
        let cache = folder.appendingPathComponent("cache")
        try? FileManager.default.removeItem(at: cache)
        let arguments = [
            program, "run", recipe.path, "--cache", cache.path, "--out", folder.appendingPathComponent("out").path,
            "--format", "json",
        ]
        let clock = ContinuousClock()
        let start = clock.now
        let (child, output) = try spawn(arguments)
        var lines: [(String, Double)] = []
        // A line is read as it comes, so that its time is right.
        while let line = readLine(from: output) { lines.append((line, start.duration(to: clock.now) / .seconds(1))) }
        fclose(output)
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(child, &status, 0, &usage) == child, status == 0 else {
            throw ProductRunError.failed(arguments: arguments, lines: lines.suffix(3).map(\.0))
        }
        return Result(
            seconds: start.duration(to: clock.now) / .seconds(1),
            peak: usage.ru_maxrss * 1024,
            lines: lines
        )
    }

    /// Foundation's Process reaps its child, and with it what it used.
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
