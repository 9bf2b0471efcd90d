import Runner
import Synchronization

/// Which nodes run now, for whoever has to wait for them.
final class RunningNodes: Reporter {
    private let titles = Mutex<[String]>([])

    func receive(_ event: RunEvent) {
        switch event {
        case .started(let name, _, _): titles.withLock { $0.append(name.shortTitle) }
        case .finished(let name, _, _): end(name.shortTitle)
        case .failed(let failure): end(failure.name.shortTitle)
        default: break
        }
    }

    private func end(_ title: String) {
        titles.withLock { titles in
            if let place = titles.firstIndex(of: title) { titles.remove(at: place) }
        }
    }

    /// `latent[seed=1]`, with the number of those beside it; nil where nothing runs.
    var names: String? {
        titles.withLock { titles in
            titles.first.map { titles.count == 1 ? $0 : "\($0) and \(titles.count - 1) more" }
        }
    }
}
