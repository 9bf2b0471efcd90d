import ArgumentParser
import Foundation
import Runner
import Store

/// Which cache.
struct CacheOptions: ParsableArguments {
    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "The cache's folder.",
            discussion: "Else $PULID_CACHE, cache/ of this checkout, $XDG_CACHE_HOME/pulid-run, or ~/.cache/pulid-run.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var folder: String?

    /// - Parameter threads: as many as the command needs at least.
    /// - Throws: `TooFewThreads`; `StoreError`.
    func open(
        _ access: ResultStore.Access = .readWrite,
        remote: RemoteCache? = nil,
        threads: Int = ResourceOptions.leastThreads(jobs: 1),
        warn: @escaping @Sendable (String) -> Void
    ) throws -> ResultStore {
        try SystemThread.checkSupply(threads)
        let folder = try location(warn: warn)
        let store = try ResultStore(folder: folder, access: access, remote: remote, warn: warn)
        if let kind = FileSystemKind(at: folder.path), kind.isNetwork {
            warn(
                "the cache \(folder.path) is on a network file system (\(kind.name)), where it is slow and locks may fail: "
                    + "name a folder on a local disk with --cache or PULID_CACHE, such as $SLURM_TMPDIR or one in /tmp"
            )
        }
        return store
    }

    /// For a command that only looks: where there is no cache yet, none is made, and what stands in its place stays there.
    ///
    /// - Throws: as `open`
    func openToLook(
        remote: RemoteCache? = nil,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> ResultStore {
        let folder = try location()
        guard !folder.hasCache else { return try open(remote: remote, warn: warn) }
        try folder.checkCanBeMade()
        return try open(.readOnly, remote: remote, warn: warn)
    }

    /// - Throws: `StoreError`.
    func location(warn: (String) -> Void = { _ in }) throws -> CacheFolder {
        try CacheFolder.standard(
            asked: folder,
            environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath,
            warn: warn
        )
    }

    /// For a command that tells what is in the cache: where there is none yet, it is empty.
    func look(_ body: (ResultStore) throws -> Runner.ExitStatus) throws {
        try reportingFailures {
            try location().checkCanBeRead()
            return try opened(.readOnly, body)
        }
    }

    /// Opens the cache for a command that makes nothing new. Where there is none, none is made.
    func useExisting(
        _ access: ResultStore.Access = .readWrite,
        _ body: (ResultStore) throws -> Runner.ExitStatus
    ) throws {
        try reportingFailures {
            let folder = try location()
            guard !folder.hasCache else { return try opened(access, body) }
            Terminal.error("there is no cache in \(folder.path)\n")
            return .success
        }
    }

    /// Opens the cache for a command that brings something into it.
    func use(_ body: (ResultStore) throws -> Runner.ExitStatus) throws {
        try reportingFailures { try opened(.readWrite, body) }
    }

    private func opened(
        _ access: ResultStore.Access,
        _ body: (ResultStore) throws -> Runner.ExitStatus
    ) throws -> Runner.ExitStatus {
        let store = try open(access) { Terminal.error("warning: \($0)\n") }
        defer { store.close() }
        return try body(store)
    }
}
