import Graph
import Imaging
import Models
import Tensors

/// What PuLID_ComfyUI's ApplyPulid says beside the photo, for one of several identities in a picture.
struct PlaceID: Node {
    static let version = 1
    static let help =
        "Says where, when and how strongly one identity acts, for pictures of several people: sample's settings hold for the rest."

    @Input("who") var identity: IdentityArtifact
    @Input("where: white acts, black does not, grey partly; of any size, stretched over the picture")
    var mask: ImageArtifact?

    @Parameter("how strongly the identity acts", in: 0...5) var idScale: Double? = nil
    @Parameter("sets num_zero and ortho") var mode: IdentityMode? = nil
    @Parameter("identity tokens of zero", in: 0...80) var numZero: Int? = nil
    @Parameter("what of the identity is kept off the text's part") var ortho: IDConditioning.Ortho? = nil
    @Parameter("the fraction of the way from noise to picture from which on the identity acts", in: 0...1)
    var startAt: Double? = nil
    @Parameter("the fraction up to which it acts", in: 0...1) var endAt: Double? = nil

    func problems() -> [ParameterProblem] { windowProblems(startAt: startAt ?? 0, endAt: endAt ?? 1) }

    func run(_ context: RunContext) throws -> IdentityArtifact {
        var placement = IdentityPlacement()
        placement.idScale = idScale
        placement.mode = mode
        placement.numZero = numZero
        placement.ortho = ortho
        placement.startAt = startAt
        placement.endAt = endAt
        placement.mask = mask.map { mask in
            let picture = mask.picture
            let weights = picture.luma().map { min(max($0, 0), 1) }
            return Tensor(weights, shape: [1, 1, picture.height, picture.width])
        }
        return IdentityArtifact(
            id: identity.id,
            uncond: identity.uncond,
            placement: identity.placement.overridden(by: placement)
        )
    }
}

/// A window in which nothing would ever act.
func windowProblems(startAt: Double, endAt: Double) -> [ParameterProblem] {
    guard startAt >= endAt else { return [] }
    return [
        ParameterProblem(
            "start_at",
            "start_at is \(startAt) and end_at \(endAt): the identity would never act",
            hint: "start_at comes before end_at; 0 and 1 are the whole way, and id_scale: 0 is without the identity"
        )
    ]
}
