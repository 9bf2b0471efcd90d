import Foundation
import Graph
import Imaging
import Synchronization

/// The pictures of a report that is served: addresses, whose files are made when a browser asks for them.
struct ServedPictures: ReportPictures {
    let subject: ReportSubject
    let source: PictureSource
    let cache: PictureCache

    func entries(
        _ verdicts: [EntryVerdict],
        _ run: RunSnapshot
    ) -> [(now: ReportPicture?, baseline: ReportPicture?, maps: [Map])] {
        subject.entries.enumerated().map { place, entry in
            let record = run.instances[entry.instance]
            let reader = entry.baseline.map { run.instances[$0.reader] }
            func picture(_ name: String, _ record: InstanceRecord?) -> ReportPicture? {
                guard let record, record.isDone, let digest = record.digest else { return nil }
                let path = "pictures/\(place)/\(name)"
                return ReportPicture(
                    thumbnail: .served("\(path)/small?v=\(digest.short)"),
                    full: .served("\(path)/full?v=\(digest.short)")
                )
            }
            let (now, baseline) = (picture("now", record), picture("baseline", reader))
            guard now != nil, baseline != nil, verdicts[place].status == .changed else { return (now, baseline, []) }
            let version = (record.digest?.short ?? "") + (reader?.digest?.short ?? "")
            return (now, baseline, [("FLIP", ReportPicture(full: .served("pictures/\(place)/flip/full?v=\(version)")))])
        }
    }

    func steps(_ run: RunSnapshot) -> [Int: [Map]] {
        var found: [Int: [Map]] = [:]
        for instance in source.visibleSteps {
            guard let digest = run.instances[instance].digest else { continue }
            let names = cache.names(of: digest) { source.steps(instance, run).map(\.name) }
            found[instance] = names.enumerated().map { number, name in
                (name, ReportPicture(full: .served("steps/\(instance)/\(number)?v=\(digest.short)")))
            }
        }
        return found
    }

    /// - Parameter path: as in the addresses above.
    func file(at path: String, _ run: RunSnapshot) -> Data? {
        let words = path.split(separator: "/", omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("pictures", 4):
            guard let place = Int(words[1]), subject.entries.indices.contains(place) else { return nil }
            let entry = subject.entries[place]
            let picture: () -> Bitmap?
            let digest: Digest?
            switch words[2] {
            case "flip":
                guard let reader = entry.baseline?.reader, let old = run.instances[reader].digest,
                    let new = run.instances[entry.instance].digest
                else { return nil }
                return cache.file("\(old.hex) \(new.hex)") { source.flip(entry, run).flatMap(PictureFile.full) }
            case "now": (picture, digest) = ({ source.now(entry, run) }, run.instances[entry.instance].digest)
            case "baseline":
                (picture, digest) = (
                    { source.baseline(entry) }, entry.baseline.flatMap { run.instances[$0.reader].digest }
                )
            default: return nil
            }
            guard let digest else { return nil }
            switch words[3] {
            case "small":
                return cache.file("\(digest.hex) small") { picture().flatMap { PictureFile.thumbnail($0, edge: 256) } }
            case "full": return cache.file(digest.hex) { picture().flatMap(PictureFile.full) }
            default: return nil
            }
        case ("steps", 3):
            guard let instance = Int(words[1]), source.visibleSteps.contains(instance), let number = Int(words[2]),
                let digest = run.instances[instance].digest
            else { return nil }
            return cache.file("\(digest.hex) \(number)") {
                let steps = source.steps(instance, run)
                return steps.indices.contains(number)
                    ? PictureFile.thumbnail(steps[number].picture, edge: 512, quality: 90) : nil
            }
        default: return nil
        }
    }
}

/// Files that were made for a browser, by what they show.
final class PictureCache: Sendable {
    private static let room = 64 << 20

    private struct State {
        var files: [String: Data] = [:]
        var taken = 0
        var names: [Digest: [String]] = [:]
    }

    private let state = Mutex(State())

    func file(_ name: String, _ make: () -> Data?) -> Data? {
        if let known = state.withLock({ $0.files[name] }) { return known }
        guard let made = make() else { return nil }
        state.withLock { state in
            if state.taken + made.count > Self.room { (state.files, state.taken) = ([:], 0) }
            state.files[name] = made
            state.taken += made.count
        }
        return made
    }

    func names(of digest: Digest, _ find: () -> [String]) -> [String] {
        if let known = state.withLock({ $0.names[digest] }) { return known }
        let found = find()
        // What is not in the cache yet will be.
        if !found.isEmpty { state.withLock { $0.names[digest] = found } }
        return found
    }
}
