import Imaging
import Testing
import World

@Suite struct PromptReaderTests {
    private func read(_ prompt: String) -> (caption: String, unknown: [String]) {
        let reading = PromptReader.read(prompt)
        return (CaptionWriter.full.caption(reading.description), reading.unknownWords)
    }

    @Test(arguments: [
        ("portrait, pixel art", "a portrait, pixel art style"),
        ("Portrait of a person, pencil sketch", "a portrait, pencil sketch style"),
        (
            "soft light, a person wearing a gray t-shirt in a park, smiling; close up",
            "a portrait, grey t-shirt, park background, smiling, close-up, soft light"
        ),
        (
            "watercolour of a person with sunglasses at the beach",
            "a portrait, watercolor style, beach background, wearing sunglasses"
        ),
        ("portrait, orange shirt and blue background", "a portrait, orange shirt, blue background"),
        ("an oil painting, red studio", "a portrait, oil painting style, red studio background"),
        ("photo, smiling, sad", "a portrait, photo style, sad"),
        ("plain background, shirt", "a portrait, shirt, plain background"),
        ("", "a portrait"),
        (",,; ,", "a portrait"),
    ])
    func prompts(prompt: String, meaning: String) {
        let (caption, unknown) = read(prompt)
        #expect(caption == meaning)
        #expect(unknown == [])
    }

    @Test func unknownWordsAreReported() {
        let (caption, unknown) = read("portrait, cinematic, neon, red lips, green park, a blue and white shirt, 🙂 élan")
        #expect(caption == "a portrait, neon style, white shirt, park background")
        #expect(unknown == ["cinematic", "lips", "red", "green", "blue", "élan"])
    }

    @Test func thePromptsOfTrainingAndEvaluation() {
        let evaluation = WorldPrompts.evaluation.map(\.prompt)
        #expect(WorldPrompts.training.count == 15 && Set(WorldPrompts.training).count == 15)
        #expect(evaluation.count == 20 && Set(evaluation).count == 20)
        #expect(WorldPrompts.training[0] == WorldPrompts.identityLoss)
        #expect(Set(WorldPrompts.evaluation.map(\.category)) == Set(WorldPrompts.Category.allCases))
        let all = WorldPrompts.training + evaluation + [WorldPrompts.faceSimilarity]
        for prompt in all { #expect(read(prompt) == (prompt, []), "in order, in the usual words") }
        // Held out: no prompt of evaluation is one of training, and none adds only words about style to one.
        let trained = Set(WorldPrompts.training.map { PromptReader.read($0).description })
        for prompt in evaluation + [WorldPrompts.faceSimilarity] {
            #expect(!trained.contains(PromptReader.read(prompt).description), "\(prompt)")
        }
        let styles = Set(evaluation.compactMap { PromptReader.read($0).description.style })
        #expect(styles == Set(FaceStyle.allCases))
    }

    /// Every factor of every prompt of evaluation can be seen in its style, so each can be scored.
    @Test func promptsAskForWhatCanBeSeen() {
        for prompt in WorldPrompts.training + WorldPrompts.evaluation.map(\.prompt) {
            let description = PromptReader.read(prompt).description
            let scene = FaceScene(description, seed: 1, prior: .base)
            let agreement = description.agreement(with: SceneDescription(scene))
            #expect(agreement.agreeing == agreement.named, "\(prompt)")
            #expect(!agreement.named.isEmpty)
        }
    }
}
