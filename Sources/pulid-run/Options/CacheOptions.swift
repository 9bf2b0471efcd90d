import ArgumentParser
import Foundation
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

    /// - Throws: `StoreError`.
    func open(warn: @escaping @Sendable (String) -> Void) throws -> ResultStore {
        try ResultStore(folder: location, warn: warn)
    }

    var location: CacheFolder {
        CacheFolder.standard(
            asked: folder,
            environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath
        )
    }
}
