import Imaging
import Kernels
import Models
import Synchronization
import Tensors
import World

/// Draws people for prompts, and measures the pictures.
///
/// PuLID, section 4.4 and 7.4: several pictures of each person for each prompt, from the same noise for all people, so
/// that each has a twin without a person.
public struct PortraitEvaluation: Sendable {
    /// Who draws.
    public enum Artist: Sendable {
        /// A model with PuLID.
        case pulid(PuLIDNetwork)
        /// The same without: what a likeness by chance is.
        case nobody
        /// The world itself, as the prompt says: what a likeness can be at most.
        case world
        /// The same through the VAE.
        case reconstruction
    }

    let people: EvaluatedPeople
    /// The same people as another recogniser sees them.
    let second: EvaluatedPeople?
    let prompts: [Prompt]
    let seeds: Int
    let rollout: LightningRollout
    let vae: AutoencoderKL
    let encoders: IdentityEncoders
    let probe: SceneProbe
    let locate: FaceLocator
    let size: Int

    /// What is to be drawn.
    struct Prompt: Sendable {
        let scene: SceneDescription
        let batch: PromptBatch
    }

    /// - Parameters:
    ///   - second: the same people by another recogniser
    ///   - prompts: in words; none of them a prompt of training
    ///   - seeds: pictures for each person and prompt
    ///   - rollout: draws them
    ///   - encoders: what PuLID is told of a photo
    ///   - locate: finds the face in a picture
    public init(
        people: EvaluatedPeople,
        second: EvaluatedPeople? = nil,
        prompts: [String],
        seeds: Int,
        rollout: LightningRollout,
        encoder: SDXLPromptEncoder,
        vae: AutoencoderKL,
        encoders: IdentityEncoders,
        probe: SceneProbe,
        size: Int = 64,
        locate: @escaping FaceLocator
    ) {
        (self.people, self.second) = (people, second)
        self.prompts = prompts.map { text in
            let (embeds, pooled) = encoder.encode([text])
            let sizes = MicroConditioning(size: size).timeIDs.map { Float($0) }
            return Prompt(
                scene: PromptReader.read(text).description,
                batch: PromptBatch(embeds: embeds, pooled: pooled, timeIDs: [sizes])
            )
        }
        (self.seeds, self.rollout, self.vae, self.encoders) = (seeds, rollout, vae, encoders)
        (self.probe, self.locate, self.size) = (probe, locate, size)
    }

    /// - Parameter afterPictures: told how many of all pictures are done; what it throws ends the work
    public func callAsFunction(
        _ artist: Artist,
        afterPictures: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> EvaluationReport {
        let photos = people.subjects.map { encoders($0.introduction) }
        let count = people.subjects.count
        var sums = Sums(people: people.subjects.map { $0.people[$0.number].skin.rawValue })
        for (i, prompt) in prompts.enumerated() {
            for seed in 0..<seeds {
                try afterPictures((i * seeds + seed) * count, prompts.count * seeds * count)
                let noise = UInt64(1000 * i + seed)
                let twin = Scene(draw(prompt, seed: noise, identity: nil, count: 1)[0], self)
                for (person, measured) in measure(artist, prompt, seed: noise, photos, twin).enumerated() {
                    sums.add(measured, of: person)
                }
            }
        }
        try afterPictures(prompts.count * seeds * count, prompts.count * seeds * count)
        return sums.report
    }

    /// A picture, and what is seen in it.
    private struct Scene {
        let bitmap: Bitmap
        let reading: SceneReading
        let face: FaceDetection?

        init(_ bitmap: Bitmap, _ evaluation: PortraitEvaluation) {
            self.bitmap = bitmap
            reading = evaluation.probe([bitmap])[0]
            face = evaluation.locate(bitmap)
        }
    }

    /// Of every subject in turn; some at once, by one thread.
    private func measure(
        _ artist: Artist,
        _ prompt: Prompt,
        seed: UInt64,
        _ photos: [IdentityPhoto],
        _ twin: Scene
    ) -> [Measured] {
        let parts = stride(from: 0, to: photos.count, by: 16).map { $0..<min(photos.count, $0 + 16) }
        let found = Mutex<[Int: [Measured]]>([:])
        Parallel.forEach(parts.count) { i in
            let pictures = pictures(by: artist, prompt, seed: seed, parts[i], photos, twin.bitmap)
            let part = zip(parts[i], pictures).map { measured($1, of: $0, prompt, twin) }
            found.withLock { $0[i] = part }
        }
        return found.withLock { found in parts.indices.flatMap { found[$0] ?? [] } }
    }

    private func pictures(
        by artist: Artist,
        _ prompt: Prompt,
        seed: UInt64,
        _ part: Range<Int>,
        _ photos: [IdentityPhoto],
        _ twin: Bitmap
    ) -> [Bitmap] {
        switch artist {
        case .nobody: return part.map { _ in twin }
        case .pulid(let network):
            return draw(
                prompt,
                seed: seed,
                identity: network(IdentityPhoto(Array(photos[part]))),
                count: part.count
            )
        case .world, .reconstruction:
            let drawn = part.map { index in
                let person = people.subjects[index]
                let scene = FaceScene(prompt.scene, seed: seed, prior: .base)
                return drawFace(person.people[person.number], in: scene, size: size).bitmap
            }
            guard case .reconstruction = artist else { return drawn }
            return drawn.map { Bitmap(signed: vae.decode(vae.encode($0.signed).mode)) }
        }
    }

    /// Several pictures from the same noise.
    private func draw(_ prompt: Prompt, seed: UInt64, identity: IDConditioning?, count: Int) -> [Bitmap] {
        var random = TorchRandomSource(seed: seed)
        let side = size / vae.config.downscale
        let noise = random.normal([1, vae.config.latentChannels, side, side]).channelsLast()
        let latents = rollout(
            .concatenated(Array(repeating: noise, count: count), axis: 0),
            PromptBatch(Array(repeating: prompt.batch, count: count)),
            identity: identity
        )
        let pictures = vae.pictures(of: latents)
        return (0..<count).map { Bitmap(signed: pictures.sliced(axis: 0, $0..<$0 + 1)) }
    }

    private func measured(_ bitmap: Bitmap, of subject: Int, _ prompt: Prompt, _ twin: Scene) -> Measured {
        let scene = Scene(bitmap, self)
        let likeness = people.likeness(of: bitmap, scene.face, to: subject)
        let named = SceneFactor.allCases.count { prompt.scene[$0] != nil }
        let alike = SceneFactor.allCases.count { scene.reading[$0] == twin.reading[$0] }
        var values: [EvaluationMetric: Double] = [
            // A picture without a face is like nobody.
            .faceSimilarity: likeness?.cosine ?? 0,
            .rankOne: likeness?.isNearest == true ? 1 : 0,
            .otherPhoto: likeness?.other ?? 0,
            .twinSimilarity: Double(scene.reading.similarity(to: twin.reading)),
            .twinAgreement: Double(alike) / Double(SceneFactor.allCases.count),
        ]
        if let second {
            values[.secondSimilarity] = second.likeness(of: bitmap, scene.face, to: subject)?.cosine ?? 0
        }
        if named > 0 {
            values[.promptAgreement] = Double(scene.reading.agreeing(with: prompt.scene).count) / Double(named)
        }
        if let face = twin.face { values[.boxOverlap] = scene.face.map { Double($0.overlap(with: face)) } ?? 0 }
        let heads = [scene.face, twin.face].compactMap { $0?.head }
        values[.change] = bitmap.rmsDifference(from: twin.bitmap, outside: bitmap.mask(of: heads))
        return Measured(values: values, hasFace: scene.face != nil)
    }
}

/// Of one picture.
private struct Measured: Sendable {
    let values: [EvaluationMetric: Double]
    let hasFace: Bool
}

/// What is gathered of each person.
private struct Sums {
    private var sums: [EvaluationMetric: [(sum: Double, count: Int)]]
    private let skins: [String]
    private var (pictures, faces) = (0, 0)

    /// - Parameter skins: of each person
    init(people skins: [String]) {
        self.skins = skins
        sums = Dictionary(
            uniqueKeysWithValues: EvaluationMetric.allCases.map { ($0, Array(repeating: (0, 0), count: skins.count)) }
        )
    }

    mutating func add(_ measured: Measured, of person: Int) {
        for (metric, value) in measured.values {
            sums[metric]?[person].sum += value
            sums[metric]?[person].count += 1
        }
        pictures += 1
        if measured.hasFace { faces += 1 }
    }

    var report: EvaluationReport {
        EvaluationReport(
            values: sums.mapValues { $0.map { $0.count > 0 ? $0.sum / Double($0.count) : nil } },
            skins: skins,
            pictures: pictures,
            facesFound: Double(faces) / Double(max(1, pictures))
        )
    }
}

extension FaceDetection {
    /// The face with hair and neck around it: (left, top, right, bottom).
    fileprivate var head: (left: Float, top: Float, right: Float, bottom: Float) {
        let (width, height) = (right - left, bottom - top)
        return (left - 0.35 * width, top - 0.45 * height, right + 0.35 * width, bottom + 0.35 * height)
    }
}

extension Bitmap {
    /// Where any of some rectangles lies, row by row.
    fileprivate func mask(of boxes: [(left: Float, top: Float, right: Float, bottom: Float)]) -> [Bool] {
        (0..<width * height).map { i in
            let (x, y) = (Float(i % width), Float(i / width))
            return boxes.contains { $0.left <= x && x <= $0.right && $0.top <= y && y <= $0.bottom }
        }
    }
}
