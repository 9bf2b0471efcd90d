import GRDB
import Graph

/// The tables of a cache and the marks by which its file is known.
///
/// Raise `version` with every change; a cache of an older version is set aside and made anew, since it can be.
enum StoreSchema {
    /// "PuLR": tells our database from any other SQLite file.
    static let applicationID: UInt32 = 0x5075_4C52
    static let version = 4
    /// Fastest for values of 0.1 to 2 MB, which SDXL's intermediates are.
    static let pageSize = 65536

    static let tables = ["bytes", "contents", "files", "history", "origins", "outputs", "results", "runs"]

    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                -- What a key gave: the trace of one execution. A row outlives its value, so that what follows a value
                -- that was evicted still need not run. One that a remote cache told of, and nobody computed here, is `told`.
                CREATE TABLE results (
                    key BLOB PRIMARY KEY NOT NULL,
                    value BLOB NOT NULL,
                    cost REAL NOT NULL,
                    made INTEGER NOT NULL,
                    used INTEGER NOT NULL,
                    seal BLOB NOT NULL,
                    told INTEGER NOT NULL DEFAULT 0
                ) WITHOUT ROWID;
                CREATE INDEX results_by_value ON results (value);
                -- What the key was made of: apart from the results, which are looked up ten thousand at a time.
                CREATE TABLE origins (
                    key BLOB PRIMARY KEY NOT NULL,
                    node TEXT NOT NULL,
                    parts TEXT NOT NULL
                ) WITHOUT ROWID;
                -- The values that are here, by the digest of their bytes; `place` is NULL where they lie in a file.
                CREATE TABLE contents (
                    digest BLOB PRIMARY KEY NOT NULL,
                    kind TEXT NOT NULL,
                    size INTEGER NOT NULL,
                    place INTEGER
                ) WITHOUT ROWID;
                -- Apart from their digests, since large rows would make a tree of digests deep.
                CREATE TABLE bytes (
                    id INTEGER PRIMARY KEY,
                    content BLOB NOT NULL
                );
                -- The key that each node of each recipe had when it last had a result.
                CREATE TABLE history (
                    recipe TEXT NOT NULL,
                    instance TEXT NOT NULL,
                    key BLOB NOT NULL,
                    PRIMARY KEY (recipe, instance)
                ) WITHOUT ROWID;
                -- Runs of the past, for people: nothing else depends on them. Lists are JSON; `settings` has the command, too.
                CREATE TABLE runs (
                    number INTEGER PRIMARY KEY,
                    recipe TEXT NOT NULL,
                    settings TEXT NOT NULL,
                    started INTEGER NOT NULL,
                    seconds REAL NOT NULL,
                    ran INTEGER NOT NULL,
                    cached INTEGER NOT NULL,
                    failed INTEGER NOT NULL,
                    status INTEGER NOT NULL,
                    written TEXT NOT NULL
                );
                -- Digests of files as they were when last read.
                CREATE TABLE files (
                    path TEXT PRIMARY KEY NOT NULL,
                    identity BLOB NOT NULL,
                    digest BLOB NOT NULL,
                    seal BLOB NOT NULL
                ) WITHOUT ROWID;
                -- Output files as we left them.
                CREATE TABLE outputs (
                    path TEXT PRIMARY KEY NOT NULL,
                    identity BLOB NOT NULL,
                    digest BLOB NOT NULL,
                    seal BLOB NOT NULL
                ) WITHOUT ROWID;
                """
        )
    }
}
