import Imaging
import Testing
import World

@Suite struct IdentitySetTests {
    private func summary(_ person: FaceIdentity) -> String {
        let (skin, eyes) = (person.skin.rawValue, person.eyeColor.rawValue)
        return
            "\(skin), \(eyes) eyes, \(person.hairColor.rawValue) \(person.hairStyle.rawValue), \(person.beard.rawValue)"
    }

    /// Who a number means is what every trained model, split and table depends on.
    @Test func membersAreFixed() {
        let people = IdentitySet.allCases.flatMap { set in [0, 1].map { "\(set) \($0): \(summary(set[$0]))" } }
        #expect(
            people == [
                "training 0: tan, green eyes, blond afro, moustache",
                "training 1: olive, blue eyes, red bob, none",
                "lossNet 0: fair, hazel eyes, green quiff, none",
                "lossNet 1: dark, grey eyes, green wavy, none",
                "evaluationNet 0: medium, grey eyes, green pigtails, none",
                "evaluationNet 1: fair, green eyes, red fringe, none",
                "validation 0: light, grey eyes, dark brown wavy, none",
                "validation 1: medium, amber eyes, white curly, none",
                "diverse 0: porcelain, grey eyes, black bald, moustache",
                "diverse 1: medium, grey eyes, auburn bob, none",
                "shifted 0: brown, amber eyes, white buzz, full",
                "shifted 1: porcelain, blue eyes, green bald, none",
                "gallery 0: olive, amber eyes, white buzz, full",
                "gallery 1: brown, blue eyes, blond wavy, none",
            ]
        )
    }

    @Test func noTwoSetsShareAPerson() {
        let people = IdentitySet.allCases.flatMap { set in (0..<set.count).map { set[$0].texture } }
        #expect(people.count == 8200)
        #expect(Set(people).count == people.count)
    }

    @Test func everySetHasItsSize() {
        let sizes = IdentitySet.allCases.map(\.count)
        #expect(sizes == [4000, 2000, 2000, 100, 60, 25, 15])
        #expect(IdentitySet.diverse.count + IdentitySet.shifted.count + IdentitySet.gallery.count == 100)
    }

    @Test func diversePeopleHaveEveryTraitEvenlyOften() {
        let people = (0..<IdentitySet.diverse.count).map { IdentitySet.diverse[$0] }
        func counts<Trait: Hashable>(_ trait: (FaceIdentity) -> Trait) -> [Int] {
            Dictionary(grouping: people, by: trait).values.map(\.count)
        }
        #expect(counts(\.hairStyle).count == 13 && counts(\.hairStyle).allSatisfy { (4...5).contains($0) })
        #expect(counts(\.hairColor).count == 11 && counts(\.hairColor).allSatisfy { (5...6).contains($0) })
        #expect(counts(\.skin).count == 8 && counts(\.skin).allSatisfy { (7...8).contains($0) })
        let looks = Set(people.map { [$0.hairStyle.rawValue, $0.hairColor.rawValue, $0.skin.rawValue] })
        #expect(looks.count == 60, "no two share hair style, hair colour and skin")
    }

    @Test func shiftedPeopleAreRareInTraining() {
        func share(_ set: IdentitySet, _ holds: (FaceIdentity) -> Bool) -> Double {
            Double((0..<set.count).filter { holds(set[$0]) }.count) / Double(set.count)
        }
        let traits: [(String, (FaceIdentity) -> Bool, ClosedRange<Double>, ClosedRange<Double>)] = [
            (
                "grey, white or dyed hair", { [.grey, .white, .pink, .blue, .green].contains($0.hairColor) },
                0.26...0.36, 0.8...1
            ),
            ("a narrow or broad face", { $0.faceWidth < 0.68 || $0.faceWidth > 0.78 }, 0.3...0.45, 1...1),
            ("freckles", { $0.freckles > 0 }, 0.2...0.3, 0.4...0.9),
            ("the palest or darkest skin", { [.porcelain, .dark].contains($0.skin) }, 0.2...0.3, 0.45...0.95),
        ]
        for (name, holds, training, shifted) in traits {
            #expect(training.contains(share(.training, holds)), "\(name) in training: \(share(.training, holds))")
            #expect(shifted.contains(share(.shifted, holds)), "\(name) when shifted: \(share(.shifted, holds))")
        }
    }

    /// Large, but never overlapping nor beyond the face.
    @Test func eyesHaveRoom() {
        for number in 0..<1000 {
            let person = IdentitySet.training[number]
            #expect(person.eyeSize > 0.16 && person.eyeSpacing - person.eyeSize > 0.11)
            #expect(person.eyeSpacing + person.eyeSize < person.faceWidth)
        }
    }

    @Test func membersLookDifferent() throws {
        let people = (0..<20).map { drawFace(IdentitySet.diverse[$0], in: FaceScene(), size: 64).bitmap }
        for i in people.indices {
            for j in people.indices where i < j {
                #expect(try PixelDifferences(between: people[i], and: people[j]).meanAbs > 0.012, "\(i) and \(j)")
            }
        }
    }
}
