/// Why a cache cannot be used at all; everything less is a warning, and the run goes on without it.
public enum StoreError: Error, Hashable {
    /// The cache was written by a later pulid-run.
    case newerSchema(path: String, found: Int, supported: Int)
    /// The folder cannot be made or entered.
    case unusable(path: String, reason: String)
    /// A command that has to write was given a cache that may only be read.
    case readOnly(path: String)
    /// Nothing says where the user's own cache is: `$HOME` as it is, nil where it is not set.
    case noHome(String?)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .newerSchema(let path, let found, let supported):
            """
            the cache \(path) has format \(found), which a newer pulid-run wrote; this one knows up to \(supported): \
            upgrade, or give another folder with --cache
            """
        case .unusable(let path, let reason): "the cache \(path) cannot be used: \(reason); give another with --cache"
        case .noHome(let home):
            "there is no place for the cache: HOME is "
                + (home.map { $0.isEmpty ? "empty" : "\($0), not a path from the root" } ?? "not set")
                + "; give a folder with --cache or PULID_CACHE"
        case .readOnly(let path): "the cache \(path) cannot be written"
        }
    }
}
