import Imaging
import Kernels

/// Pictures of the small world as a value: picture i depends on these fields and i alone, so nothing need be stored,
/// any part can be drawn anywhere, and training resumes where it stopped.
public struct WorldDataset: Hashable, Sendable {
    /// Of the drawing: another number means that the same fields make other pictures.
    public static let revision = 2

    public enum Kind: String, CaseIterable, Sendable {
        /// D_base: all styles, full captions with a little dropout. For the base models.
        case base
        /// D_id: photos, mostly close and before plain walls, with half of all clauses missing. For PuLID.
        case portraits
        /// Faces anywhere, sometimes two. For the detector, the parser and the recognisers.
        case faces
    }

    public let kind: Kind
    /// Side of the square pictures in pixels.
    public let size: Int
    public let seed: UInt64
    public let count: Int
    public let people: IdentitySet
    /// How many of `people`, from the first.
    public let personCount: Int

    /// - Parameters:
    ///   - size: 16...1024
    ///   - personCount: all of `people` unless given
    public init(
        _ kind: Kind,
        size: Int = 64,
        seed: UInt64,
        count: Int,
        people: IdentitySet = .training,
        personCount: Int? = nil
    ) {
        let personCount = personCount ?? people.count
        require((16...1024).contains(size), "WorldDataset: a size of \(size) is not in 16...1024")
        require(count >= 0, "WorldDataset: a count of \(count)")
        require(
            (1...people.count).contains(personCount),
            "WorldDataset: \(personCount) people of \(people.count) in \(people)"
        )
        (self.kind, self.size, self.seed, self.count) = (kind, size, seed, count)
        (self.people, self.personCount) = (people, personCount)
    }

    /// Who picture `index` is about. Pictures `p`, `p + personCount`, `p + 2 * personCount` ... are person `p`'s.
    public func person(_ index: Int) -> Int { index % personCount }

    /// Picture `index`, 0..<`count`.
    public subscript(index: Int) -> WorldPicture {
        require((0..<count).contains(index), "WorldDataset: picture \(index) of \(count)")
        var random = stream(.picture, index)
        let person = person(index)
        switch kind {
        case .base: return picture(of: person, .base, .base, &random)
        case .portraits: return picture(of: person, .portraits, .contaminated, &random)
        case .faces:
            return random.chance(0.2)
                ? pair(of: person, &random) : plainPicture(of: person, .faces, .base, size: size, &random)
        }
    }

    /// The photo that introduces a person, for pairs across styles: picture `index` shows the same person in its own
    /// scene. Different from it in everything but the person.
    public func introduction(to index: Int) -> WorldPicture {
        require((0..<count).contains(index), "WorldDataset: picture \(index) of \(count)")
        var random = stream(.introduction, index)
        return plainPicture(of: person(index), .introduction, .full, size: size, &random)
    }

    private enum Purpose: UInt64 { case picture = 1, introduction = 2 }

    private func stream(_ purpose: Purpose, _ index: Int) -> SplitMix64 {
        let tag: UInt64 =
            switch kind {
            case .base: 1
            case .portraits: 2
            case .faces: 3
            }
        let base = SplitMix64.mix(SplitMix64.mix(seed) &+ tag << 8 &+ purpose.rawValue)
        return SplitMix64(seed: SplitMix64.mix(base ^ UInt64(index)))
    }

    private func plainPicture(
        of person: Int,
        _ prior: ScenePrior,
        _ captions: CaptionWriter,
        size: Int,
        _ random: inout SplitMix64
    ) -> WorldPicture {
        let scene = prior.draw(&random)
        let caption = captions.caption(SceneDescription(scene), &random)
        return WorldPicture(of: [(person, people[person], scene)], caption: caption, size: size)
    }

    /// One in seven is cut out of a larger picture, and one in twenty was smaller, as SDXL's training pictures are.
    private func picture(
        of person: Int,
        _ prior: ScenePrior,
        _ captions: CaptionWriter,
        _ random: inout SplitMix64
    ) -> WorldPicture {
        let (fate, x, y) = (random.uniform(0...1), random.uniform(0...1), random.uniform(0...1))
        if fate < 1.0 / 7 {
            let extra = max(1, size / 8)
            let whole = plainPicture(of: person, prior, captions, size: size + extra, &random)
            func part(_ t: Double) -> Int { min(extra, Int(t * Double(extra + 1))) }
            return whole.cropped(left: part(x), top: part(y), size: size)
        }
        var picture = plainPicture(of: person, prior, captions, size: size, &random)
        let small = max(16, size * 5 / 8)
        if fate > 0.95, small < size {
            picture.bitmap = picture.bitmap.resized(width: small, height: small, by: .area)
                .resized(width: size, height: size, by: .bicubic)
            (picture.conditioning.originalHeight, picture.conditioning.originalWidth) = (small, small)
        }
        return picture
    }

    /// Two people side by side before one background; the second stands in front.
    private func pair(of person: Int, _ random: inout SplitMix64) -> WorldPicture {
        var first = ScenePrior.faces.draw(&random)
        var second = ScenePrior.faces.draw(&random)
        (second.style, second.light, second.texture) = (first.style, first.light, first.texture)
        (second.background, second.backgroundColor) = (first.background, first.backgroundColor)
        let side = random.chance(0.5) ? 1.0 : -1
        first.offsetX = -side * random.uniform(0.19...0.25)
        second.offsetX = side * random.uniform(0.19...0.25)
        first.scale = random.uniform(0.5...0.66)
        second.scale = random.uniform(0.56...0.74)
        first.offsetY = random.uniform(-0.06...0.06)
        second.offsetY = random.uniform(0...0.1)
        let other = personCount > 1 ? (person + 1 + Int(random.next() >> 33) % (personCount - 1)) % personCount : person
        return WorldPicture(
            of: [(other, people[other], first), (person, people[person], second)],
            caption: CaptionWriter.base.caption(SceneDescription(second), &random),
            size: size
        )
    }
}
