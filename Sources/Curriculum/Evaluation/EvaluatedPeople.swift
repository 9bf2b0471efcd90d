import Imaging
import Models
import Tensors
import World

/// A face in a picture: its box and its five landmarks.
public typealias FaceLocator = @Sendable (Bitmap) -> FaceDetection?

/// The people of an evaluation, each introduced by one photo: Div-60 and Shift-25, whom no training has seen, and 15
/// more to be told apart from.
public struct EvaluatedPeople: Sendable {
    /// Those who are drawn.
    public let subjects: [Person]
    /// The faces of all photos, subjects first, as the evaluating recogniser sees them: of length 1.
    let gallery: [[Float]]
    /// The same of the subjects' other photos.
    private let otherPhotos: [[Float]]
    private let recognizer: IResNet

    public struct Person: Sendable {
        public let people: IdentitySet
        public let number: Int
        public let introduction: WorldPicture
        /// Another photo of the person, which nobody is shown.
        public let otherPhoto: WorldPicture
    }

    /// - Parameters:
    ///   - recognizer: trained on other people than any network that draws, and not by them
    ///   - limit: of the subjects, for a quick look
    public init(recognizer: IResNet, size: Int = 64, seed: UInt64 = 0, limit: Int = .max) {
        func persons(_ people: IdentitySet) -> [Person] {
            let dataset = WorldDataset(.base, size: size, seed: seed, count: people.count, people: people)
            let others = WorldDataset(.base, size: size, seed: seed &+ 1, count: people.count, people: people)
            return (0..<people.count).map {
                Person(
                    people: people,
                    number: $0,
                    introduction: dataset.introduction(to: $0),
                    otherPhoto: others.introduction(to: $0)
                )
            }
        }
        let all = persons(.diverse) + persons(.shifted)
        // Some of each set.
        let step = max(1, all.count / max(1, min(limit, all.count)))
        subjects = Array(stride(from: 0, to: all.count, by: step).map { all[$0] }.prefix(limit))
        let chosen = Set(stride(from: 0, to: all.count, by: step).prefix(limit))
        let others = all.indices.filter { !chosen.contains($0) }.map { all[$0] } + persons(.gallery)
        self.recognizer = recognizer
        gallery = (subjects + others).map { person in
            recognizer.direction(of: person.introduction.bitmap, person.introduction.landmarks)
        }
        otherPhotos = subjects.map { recognizer.direction(of: $0.otherPhoto.bitmap, $0.otherPhoto.landmarks) }
    }

    /// How like a face is to a person's photo.
    struct Likeness {
        let cosine: Double
        /// Whether it is to nobody's more.
        let isNearest: Bool
        /// The cosine to the other photo.
        let other: Double
    }

    /// How like the face in a picture is to a subject's photos; nil without a face.
    func likeness(of bitmap: Bitmap, _ face: FaceDetection?, to subject: Int) -> Likeness? {
        guard let face else { return nil }
        let points = face.landmarks.map { Point(Double($0.x), Double($0.y)) }
        let seen = recognizer.direction(of: bitmap, points)
        let cosines = gallery.map { cosine($0, seen) }
        return Likeness(
            cosine: Double(cosines[subject]),
            isNearest: cosines.allSatisfy { $0 <= cosines[subject] },
            other: Double(cosine(otherPhotos[subject], seen))
        )
    }
}
