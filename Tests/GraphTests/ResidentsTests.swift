import Graph
import Synchronization
import Testing

/// What is kept, what is let go of, and when.
struct ResidentsTests {
    /// Tells when it goes.
    private final class Network: Sendable {
        let name: String
        private let gone: Log

        init(_ name: String, _ gone: Log) {
            self.name = name
            self.gone = gone
        }

        deinit { gone.add(name) }
    }

    private final class Log: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    private struct Unreadable: Error {}

    private let gone = Log()
    private let made = Log()

    @discardableResult
    private func use(_ name: String, _ bytes: Int, of residents: Residents) -> Network {
        residents.value(for: name) { reserve in
            reserve(bytes)
            made.add(name)
            return Network(name, gone)
        }
    }

    @Test func theLongestUnusedGoFirstAndNoMoreThanNeeded() {
        let residents = Residents(MemoryBudget(limit: 10))
        for name in ["a", "b", "c"] { use(name, 3, of: residents) }
        use("a", 3, of: residents)
        #expect(gone.all == [])
        use("d", 4, of: residents)
        #expect(gone.all == ["b"])
        use("e", 7, of: residents)
        #expect(gone.all.sorted() == ["a", "b", "c", "d"])
        #expect(residents.bytes == 7)
        use("a", 3, of: residents)
        #expect(made.all == ["a", "b", "c", "d", "e", "a"])
        #expect(residents.bytes == 10)
    }

    @Test func roomIsMadeBeforeTheValue() {
        let residents = Residents(MemoryBudget(limit: 10))
        use("a", 6, of: residents)
        let before: [String] = residents.value(for: "b") { reserve in
            reserve(4)
            let fits = gone.all
            reserve(1)
            return fits + ["then"] + gone.all
        }
        #expect(before == ["then", "a"])
        #expect(residents.bytes == 5)
    }

    @Test func whatIsInUseLivesOn() {
        let residents = Residents(MemoryBudget(limit: 10))
        do {
            let held = use("a", 8, of: residents)
            use("b", 8, of: residents)
            #expect(gone.all == [])
            #expect(held.name == "a")
        }
        #expect(gone.all == ["a"])
    }

    @Test func aValueBeyondTheLimitIsMadeAndSmallOnesStay() {
        let residents = Residents(MemoryBudget(limit: 10))
        let settings = residents.value(for: "settings") { Network("settings", gone) }
        use("a", 2, of: residents)
        use("b", 11, of: residents)
        #expect(gone.all == ["a"])
        #expect(residents.bytes == 11)
        use("c", 2, of: residents)
        #expect(gone.all == ["a", "b"])
        #expect(residents.value(for: "settings") { Network("other", gone) } === settings)
    }

    @Test func whatCannotBeMadeTakesNoRoom() {
        let residents = Residents(MemoryBudget(limit: 10))
        #expect(throws: Unreadable.self) {
            try residents.value(for: "a") { reserve -> Int in
                reserve(9)
                throw Unreadable()
            }
        }
        #expect(residents.bytes == 0)
        use("a", 9, of: residents)
        #expect(residents.bytes == 9)
    }

    /// Many at once, with too little room: nothing is lost, no one waits for ever, and in the end it fits.
    @Test func fromManyThreads() async {
        let residents = Residents(MemoryBudget(limit: 10))
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let name = "\(index % 7)"
                    return use(name, 3, of: residents).name == name
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        use("last", 3, of: residents)
        #expect(residents.bytes <= 10)
        #expect(made.all.count - gone.all.count == residents.bytes / 3)
    }
}
