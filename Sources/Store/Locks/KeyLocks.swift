import Foundation
import Graph
import Synchronization

/// The right to compute keys, shared out among processes: one lock for each key, never waited for.
final class KeyLocks: Sendable {
    private struct State {
        /// nil where keys cannot be locked.
        var file: KeyLockFile?
        /// What this process has. The kernel would give it the same lock twice.
        var held: Set<UInt64> = []
    }

    private let folder: String
    private let notices: Notices
    private let state: Mutex<State>

    init(folder: String, notices: Notices) {
        self.folder = folder
        self.notices = notices
        state = Mutex(State())
        reopen()
    }

    /// Begins anew with the file that lies in the folder now. Claims of before end with their own file.
    func reopen() {
        do {
            let file = try KeyLockFile(folder: folder)
            state.withLock { $0 = State(file: file) }
        } catch {
            state.withLock { $0 = State() }
            noteUnsupported((error as? SystemError)?.reason ?? "\(error)")
        }
    }

    func tryClaim(_ key: Digest) -> ClaimAttempt {
        let place = KeyLockFile.place(of: key)
        let (file, isFree) = state.withLock { state in (state.file, state.held.insert(place).inserted) }
        guard let file else { return .unsupported }
        guard isFree else { return .taken(by: "this process") }
        let attempt = file.lock(place)
        if attempt == .held {
            file.note(key)
            return .held(Claim { [self] in release(place, of: file) })
        }
        state.withLock { state in
            guard state.file === file else { return }
            state.held.remove(place)
            if attempt != .taken { state.file = nil }
        }
        guard case .unsupported(let code) = attempt else { return .taken(by: file.holder(of: key)) }
        noteUnsupported(SystemError(path: folder, code: code).reason)
        return .unsupported
    }

    private func release(_ place: UInt64, of file: KeyLockFile) {
        file.unlock(place)
        state.withLock { state in
            if state.file === file { state.held.remove(place) }
        }
    }

    private func noteUnsupported(_ reason: String) {
        notices.warn(
            "nothing can be locked in \(folder) (\(reason)): runs beside this one may compute the same again",
            onceFor: "locks"
        )
    }
}
