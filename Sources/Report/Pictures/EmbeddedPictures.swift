import Foundation
import Graph
import Imaging

/// The pictures of a report that is one file: a thumbnail of each, and all pixels of the worst as far as there is room.
final class EmbeddedPictures: ReportPictures {
    /// Characters of all pictures together, so that a page stays below 20 MB.
    static let room = 17_000_000
    /// Of these, for the steps on the way to pictures.
    private static let roomForSteps = 2_000_000
    private static let stepEdge = 256

    private let subject: ReportSubject
    private let source: PictureSource
    /// `data:` addresses.
    private(set) var addresses: [String] = []
    private var taken = 0

    init(_ subject: ReportSubject, source: PictureSource) {
        self.subject = subject
        self.source = source
    }

    func entries(
        _ verdicts: [EntryVerdict],
        _ run: RunSnapshot
    ) -> [(now: ReportPicture?, baseline: ReportPicture?, maps: [Map])] {
        let edge = subject.entries.count > 500 ? 96 : 160
        var areEqual: Set<Int> = []
        var found = subject.entries.enumerated().map { place, entry in
            let (now, baseline) = (source.now(entry, run), source.baseline(entry))
            let small = now.map { thumbnail($0, edge: edge) }
            guard let baseline, baseline != now else {
                if baseline != nil { areEqual.insert(place) }
                return (now: small, baseline: baseline == nil ? nil : small, maps: [Map]())
            }
            return (now: small, baseline: thumbnail(baseline, edge: edge), maps: [])
        }
        // All pixels of the worst, as far as there is room; among those that stand alike, in the recipe's order.
        for place in verdicts.indices.sorted(by: { (-verdicts[$0].severity, $0) < (-verdicts[$1].severity, $1) }) {
            let entry = subject.entries[place]
            guard addFull(source.now(entry, run), to: &found[place].now) else { break }
            if areEqual.contains(place) {
                found[place].baseline = found[place].now
            } else if !addFull(source.baseline(entry), to: &found[place].baseline) {
                break
            } else if let map = source.flip(entry, run) {
                var picture: ReportPicture? = ReportPicture(width: map.width, height: map.height)
                guard addFull(map, to: &picture) else { break }
                found[place].maps = picture.map { [("FLIP", $0)] } ?? []
            }
        }
        return found
    }

    func steps(_ run: RunSnapshot) -> [Int: [Map]] {
        var found: [Int: [Map]] = [:]
        for instance in source.visibleSteps {
            guard taken < Self.room else { break }
            let pictures = source.steps(instance, run).compactMap { name, picture -> Map? in
                PictureFile.thumbnail(picture, edge: Self.stepEdge, quality: 85).map { file in
                    (name, ReportPicture(full: add(file), width: picture.width, height: picture.height))
                }
            }
            if !pictures.isEmpty { found[instance] = pictures }
        }
        return found
    }

    private func thumbnail(_ picture: Bitmap, edge: Int) -> ReportPicture {
        var result = ReportPicture(width: picture.width, height: picture.height)
        if taken < Self.room, let small = PictureFile.thumbnail(picture, edge: edge) { result.thumbnail = add(small) }
        return result
    }

    /// - Returns: whether there was room.
    private func addFull(_ picture: Bitmap?, to result: inout ReportPicture?) -> Bool {
        guard let picture, result != nil else { return true }
        let room = Self.room - Self.roomForSteps - taken
        // Lossless coding of a large picture takes a second: not where there is no hope.
        guard picture.width * picture.height / 4 < room, let full = PictureFile.full(picture),
            Self.characters(full) <= room
        else { return false }
        result?.full = add(full)
        return true
    }

    private func add(_ file: Data) -> PictureLink {
        taken += Self.characters(file)
        addresses.append("data:\(PictureFile.type);base64,\(file.base64EncodedString())")
        return .embedded(addresses.count - 1)
    }

    private static func characters(_ file: Data) -> Int { (file.count + 2) / 3 * 4 + 32 }
}
