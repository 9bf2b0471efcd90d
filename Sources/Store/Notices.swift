import Synchronization

/// What a store tells the user; what belongs to one subject is told once.
final class Notices: Sendable {
    private let tell: @Sendable (String) -> Void
    private let told = Mutex<Set<String>>([])

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func warn(_ text: String) { tell(text) }

    func warn(_ text: String, onceFor subject: String) {
        if told.withLock({ $0.insert(subject).inserted }) { tell(text) }
    }
}
