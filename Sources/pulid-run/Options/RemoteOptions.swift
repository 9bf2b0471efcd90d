import ArgumentParser
import Foundation
import Store

/// Which results of other machines are used, and whether they get ours.
struct RemoteOptions: ParsableArguments {
    enum Mode: String, CaseIterable, ExpressibleByArgument { case off, read, write }

    @Option(
        help: ArgumentHelp(
            "Share results with other machines: a server (http://, https://) or a shared folder. Else $PULID_REMOTE.",
            valueName: "url|folder"
        ),
        completion: .directory
    )
    var remote: String?

    @Option(
        help: ArgumentHelp(
            "Whether results of this machine are shared too (write), or only those of others used (read); off for neither.",
            discussion: "Else $PULID_REMOTE_MODE, or write."
        )
    )
    var remoteMode: Mode?

    @Option(
        help: ArgumentHelp(
            "How long a run may wait for the remote cache in vain, all in all, before it goes on without it.",
            valueName: "seconds"
        )
    )
    var remotePatience = 8.0

    /// nil where there is none.
    ///
    /// - Throws: `RemoteSettingsError`; `ValidationError` for a mode that is none.
    func cache(
        mayWrite: Bool = true,
        patience: Double? = nil,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> RemoteCache? {
        let environment = ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let mode = try remoteMode ?? value("PULID_REMOTE_MODE").map(Self.mode) ?? .write
        guard mode != .off, let text = remote ?? value("PULID_REMOTE") else { return nil }
        let address = try RemoteAddress(text, directory: FileManager.default.currentDirectoryPath)
        if case .folder(let path) = address, !FileManager.default.fileExists(atPath: path) {
            warn("there is no folder \(path) for the remote cache: make it")
        }
        return try RemoteCache(
            address.tier(HTTPAccess(environment: environment)),
            mode: mode == .write && mayWrite ? .write : .read,
            signatures: TraceSignatures(environment: environment),
            patience: patience ?? remotePatience,
            warn: warn
        )
    }

    /// As other commands are told the same.
    var arguments: [String] {
        (remote.map { ["--remote", $0] } ?? []) + (remoteMode.map { ["--remote-mode", $0.rawValue] } ?? [])
    }

    private static func mode(_ text: String) throws -> Mode {
        guard let mode = Mode(rawValue: text) else {
            throw ValidationError("PULID_REMOTE_MODE must be off, read or write, not \(text)")
        }
        return mode
    }

    func validate() throws {
        guard (0...86400).contains(remotePatience) else {
            throw ValidationError("--remote-patience must be from 0 to 86400 seconds")
        }
    }
}
