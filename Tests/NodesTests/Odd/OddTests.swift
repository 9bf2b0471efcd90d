import Testing

/// Whatever settings files say, and whatever shapes inputs have, nodes end in a result or in an error that says where.
@Suite struct OddTests {
    @Test func settings() async {
        await OddCases.all("settings", OddCases.numbers(400)) { numbers, mark in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddSettings().run }
            }
        }
    }

    @Test func headers() async {
        await OddCases.all("headers", OddCases.numbers(300)) { numbers, mark in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddHeaders().run }
            }
        }
    }

    @Test func shapes() async {
        await OddCases.all("shapes", OddCases.numbers(150)) { numbers, mark in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddShapes().run }
            }
        }
    }

    @Test func towers() async {
        await OddCases.all("towers", OddCases.numbers(200)) { numbers, mark in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddTowers().run }
            }
        }
    }
}
