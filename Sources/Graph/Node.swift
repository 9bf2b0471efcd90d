/// One kind of step in a recipe: its ports, its defaults, its help and its work, in one file.
public protocol Node: Sendable {
    associatedtype Output: Artifact

    /// Part of the cache key: raised when the same inputs may give other bytes than before.
    static var version: Int { get }
    /// What other programs call nodes of this kind, for those who bring the name along.
    static var otherKinds: [String] { get }
    /// What other programs call its inputs and parameters, and what they have there that is elsewhere here.
    static var otherNames: OtherNames { get }
    /// One sentence, for `pulid-run nodes` and docs/NODES.md.
    static var help: String { get }
    /// What recipes write after `uses:`; the type's name in snake case unless given.
    static var name: String { get }
    static var evaluation: Evaluation { get }
    /// What decides the bits of its results beside this program, such as the version of a codec: part of the cache key.
    static var numerics: String { get }
    /// Whether the precision that a run chooses decides bits of its results: it is then part of the cache key. A node that
    /// does not say so computes in the usual precision.
    static var precision: PrecisionUse { get }
    /// What it means that the node has nothing to give (`Absence`), as a warning says it: "no face was found". nil for a
    /// node that always gives something.
    static var absence: String? { get }
    /// Whether what it warns of holds of its result, and is said again by every run that uses the result from the cache.
    static var repeatsWarnings: Bool { get }
    /// Bytes that running takes, beside inputs, output and networks, as far as can be told beforehand: nodes run side by
    /// side only while the run's memory has room.
    ///
    /// - Parameters:
    ///   - parameters: every one of the schema.
    ///   - inputBytes: by port, what its values take.
    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int
    /// Seconds that running takes on a usual machine, as far as can be told beforehand: by these, work is divided of which
    /// nothing was measured, and what was measured is carried over to other parameters.
    ///
    /// - Parameter parameters: every one of the schema.
    static func usualSeconds(parameters: [String: Value]) -> Double

    init()

    /// What is wrong with the parameters taken together; called when the recipe is checked, before inputs exist. Of
    /// gathered inputs the cells are known, or there are none yet.
    func problems() -> [ParameterProblem]

    /// What is doubtful in the parameters taken together, and goes on all the same; as `problems`.
    func doubts() -> [ParameterProblem]

    /// What is doubtful in what an instance is given, and goes on all the same.
    static func doubts(_ known: KnownInputs) -> [ParameterProblem]

    /// How large the picture will be that an instance gives, or that its latent stands for; nil where that is not known
    /// before it runs. Called when references have been evaluated.
    ///
    /// - Throws: `ParameterProblem` where the sizes of its inputs cannot work.
    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize?

    func run(_ context: RunContext) throws -> Output
}

extension Node {
    // `String(describing:)` first looks through all there is for a conformance that says what a type is called: a
    // millisecond for each kind of node, whenever a recipe is read.
    public static var name: String { snakeCase(_typeName(Self.self, qualified: false)) }
    public static var otherKinds: [String] { [] }
    public static var otherNames: OtherNames { OtherNames() }
    public static var evaluation: Evaluation { .cached }
    public static var numerics: String { "" }
    public static var precision: PrecisionUse { .never }
    public static var absence: String? { nil }
    public static var repeatsWarnings: Bool { false }
    public static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        16 << 20 + 2 * inputBytes.values.reduce(0, +)
    }
    /// One, or one for each of its steps.
    public static func usualSeconds(parameters: [String: Value]) -> Double {
        if case .integer(let steps)? = parameters["steps"], steps > 0 { Double(steps) } else { 1 }
    }
    public func problems() -> [ParameterProblem] { [] }
    public func doubts() -> [ParameterProblem] { [] }
    public static func doubts(_ known: KnownInputs) -> [ParameterProblem] { [] }
    public static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? { nil }
}

/// When a node is evaluated, and whether its result is kept.
public enum Evaluation: Sendable {
    /// Run when its result is not in the cache, and kept.
    case cached
    /// As `cached`, and so quick that planning runs it, to know by content what follows: readers of small files.
    case cachedEarly
    /// Names files by their digests and holds no data of its own: evaluated whenever a recipe is planned, never stored.
    case reference
}

/// Whether a node's results depend on the precision that a run chooses, as those of convolutional networks do.
public enum PrecisionUse: Hashable, Sendable {
    case never
    case always
    /// Only where this input is given.
    case given(input: String)

    /// - Parameter ports: those that the recipe gives something
    func holds(given ports: [String]) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .given(let input): ports.contains(input)
        }
    }
}

/// A parameter whose value cannot work, as found by the node itself.
public struct ParameterProblem: Error, Hashable, Sendable {
    public let parameter: String
    public let message: String
    public let hint: String?

    public init(_ parameter: String, _ message: String, hint: String? = nil) {
        self.parameter = parameter
        self.message = message
        self.hint = hint
    }
}

extension ParameterProblem: CustomStringConvertible {
    public var description: String { hint.map { "\(message); \($0)" } ?? message }
}

/// `LoadSDXL` -> `load_sdxl`, `idScale` -> `id_scale`.
func snakeCase(_ name: String) -> String {
    let letters = Array(name)
    var result = ""
    for (i, letter) in letters.enumerated() {
        let startsWord =
            letter.isUppercase && i > 0
            && (!letters[i - 1].isUppercase || (i + 1 < letters.count && letters[i + 1].isLowercase))
        if startsWord { result += "_" }
        result += letter.lowercased()
    }
    return result
}
