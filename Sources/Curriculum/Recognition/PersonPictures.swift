import Imaging
import Kernels
import Tensors
import World

/// Pictures of many people, a number of each, cut out and prepared as a network sees them. Each is made when it is first
/// asked for and kept as bytes, since drawing one takes longer than training on it.
struct PersonPictures: Sendable {
    /// Makes the bytes of a picture; what it draws at random belongs to the picture.
    typealias Preparation = @Sendable (WorldPicture, inout TorchRandomSource) -> [UInt8]

    /// One of a person's pictures.
    struct Place: Hashable, Sendable {
        let person: Int
        /// 0..<`picturesEach`
        let number: Int
    }

    let people: IdentitySet
    /// Of each person.
    let picturesEach: Int
    private let pictures: LazyValues<[UInt8]>

    /// What a person's pictures are, in turn: most as the small world's usually are, in any style, many as detectors find
    /// faces, some larger.
    ///
    /// - Parameter size: of most of them, in pixels
    private static func kinds(_ size: Int) -> [(kind: WorldDataset.Kind, size: Int)] {
        [
            (.base, size), (.faces, size), (.base, size), (.base, size), (.faces, 96), (.base, size), (.faces, size),
            (.base, size), (.base, size), (.faces, size), (.base, size), (.base, 96), (.faces, size), (.base, size),
            (.base, size), (.faces, 160),
        ]
    }

    init(of people: IdentitySet, size: Int = 64, picturesEach: Int, seed: UInt64, prepare: @escaping Preparation) {
        require(picturesEach > 1, "PersonPictures: \(picturesEach) of each person")
        self.people = people
        self.picturesEach = picturesEach
        let count = people.count * picturesEach
        let datasets = Self.kinds(size).map {
            WorldDataset($0.kind, size: $0.size, seed: seed, count: count, people: people)
        }
        pictures = LazyValues(count: count) { index in
            let (number, person) = index.quotientAndRemainder(dividingBy: people.count)
            var random = TorchRandomSource(seed: seed &+ UInt64(index))
            return prepare(datasets[(number + person) % datasets.count][index], &random)
        }
    }

    /// The bytes of a picture with the person in front.
    subscript(place: Place) -> [UInt8] { pictures[place.number * people.count + place.person] }

    /// Two pictures each of `count` people, all different, side by side.
    func pairs(_ count: Int, _ random: inout some RandomSource) -> [Place] {
        require(count <= people.count, "PersonPictures: \(count) of \(people.count) people")
        var chosen: Set<Int> = []
        var pairs: [Place] = []
        while chosen.count < count {
            let person = random.index(below: people.count)
            guard chosen.insert(person).inserted else { continue }
            let first = random.index(below: picturesEach)
            let second = (first + 1 + random.index(below: picturesEach - 1)) % picturesEach
            pairs += [Place(person: person, number: first), Place(person: person, number: second)]
        }
        return pairs
    }
}
