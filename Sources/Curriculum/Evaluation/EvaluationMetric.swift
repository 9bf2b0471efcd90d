/// What is measured of a picture of a person for a prompt.
///
/// PuLID, section 4.4, has the first, and two more in other form: what CLIP tells of real pictures, a probe reads off
/// those of the small world. The rest only a world can tell whose every factor is known.
public enum EvaluationMetric: String, CaseIterable, Sendable {
    /// The cosine between the faces of the picture and of the person's photo, by a recogniser that no training has seen.
    case faceSimilarity = "face_similarity"
    /// Whether the face is nearer to the photo of this person than to any other's, among 100. A cosine alone is high
    /// already where skin and hair fit.
    case rankOne = "rank_one"
    /// The same cosine by a second recogniser, which is made otherwise: two that agree are seldom both mistaken.
    case secondSimilarity = "second_similarity"
    /// The cosine to another photo of the person than the one that was shown, by the first recogniser: what is copied of
    /// that photo and is not the person does not count.
    case otherPhoto = "other_photo"
    /// The share of what the prompt names that is seen in the picture; CLIP-T's role.
    case promptAgreement = "prompt_agreement"
    /// How like it is to the picture of the same prompt and noise without the person; CLIP-I's role.
    case twinSimilarity = "twin_similarity"
    /// The share of the factors of a scene that are read the same in both.
    case twinAgreement = "twin_agreement"
    /// Of the face's boxes in both, intersection over union.
    case boxOverlap = "box_overlap"
    /// The root of the mean squared difference outside of both heads, in bytes.
    case change

    /// Whether more of it is better.
    public var rises: Bool { self != .change }
}
