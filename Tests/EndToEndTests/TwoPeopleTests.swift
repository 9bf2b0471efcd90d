import EngineTestSupport
import Foundation
import Testing

/// Two people in one picture: what reruns after an edit, and what is refused.
struct TwoPeopleTests {
    private let recipe = "recipes/two-people.yaml"

    private func oneSeed() throws -> CommandTest {
        let test = try CommandTest()
        try test.edit(recipe) { $0.replacing("{from: 1, to: 3}", with: "[1]") }
        return test
    }

    @Test func anotherMaskRerunsNoEncoder() throws {
        let test = try oneSeed()
        #expect(try test.run(recipe).status == 0)
        let before = try test.folder.bytes(of: "out/two-people/1.png")
        try test.edit(recipe) { $0.replacing("{uses: draw_mask, right: 0.5,", with: "{uses: draw_mask, right: 0.3,") }
        let changed = test.executed(try test.run(recipe))
        #expect(changed.sorted() == ["ada_left", "image[seed=1]", "latent[seed=1]", "left", "sheet"])
        #expect(try test.folder.bytes(of: "out/two-people/1.png") != before)
        try test.edit(recipe) { $0.replacing("mask: $left}", with: "mask: $left, end_at: 0.5}") }
        let shorter = test.executed(try test.run(recipe))
        #expect(shorter.sorted() == ["ada_left", "image[seed=1]", "latent[seed=1]", "sheet"])
    }

    @Test func masksAndWindowsThatCannotBe() throws {
        let test = try oneSeed()
        try test.edit(recipe) {
            $0.replacing("mask: $left}", with: "mask: $prompt, start_at: 0.6, end_at: 0.4}")
                .replacing("identity: [$ada_left, $ben_right]", with: "identity: [$ada_left, $right]")
        }
        let result = try test.run("check", recipe)
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                recipes/two-people.yaml:32:53: error: `mask` of `place_id` needs an image, but `prompt` makes a prompt
                32 |   ada_left:  {uses: place_id, identity: $ada, mask: $prompt, start_at: 0.6, end_at: 0.4}
                   |                                                     ^^^^^^^
                recipes/two-people.yaml:35:3: note: `prompt` is declared here
                hint: did you mean `$left`?

                recipes/two-people.yaml:32:72: error: start_at is 0.6 and end_at 0.4: the identity would never act
                32 |   ada_left:  {uses: place_id, identity: $ada, mask: $prompt, start_at: 0.6, end_at: 0.4}
                   |                                                                        ^^^
                hint: start_at comes before end_at; 0 and 1 are the whole way, and id_scale: 0 is without the identity

                recipes/two-people.yaml:40:27: error: `identity` of `sample` needs an identity, but `right` makes an image
                40 |     identity: [$ada_left, $right]
                   |                           ^^^^^^
                recipes/two-people.yaml:31:3: note: `right` is declared here
                hint: did you mean `$ada`?

                """
        )
    }
}
