import Foundation
import Testing

/// Whatever settings files say, and whatever shapes inputs have, nodes end in a result or in an error that says where.
@Suite struct OddTests {
    private let mark = NSTemporaryDirectory() + "odd-\(UUID().uuidString)"

    @Test func settings() async {
        await OddCases.all(OddCases.numbers(400), mark: mark) { [mark] numbers in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddSettings().run }
            }
        }
        try? FileManager.default.removeItem(atPath: mark)
    }

    @Test func headers() async {
        await OddCases.all(OddCases.numbers(300), mark: mark) { [mark] numbers in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddHeaders().run }
            }
        }
        try? FileManager.default.removeItem(atPath: mark)
    }

    @Test func shapes() async {
        await OddCases.all(OddCases.numbers(150), mark: mark) { [mark] numbers in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddShapes().run }
            }
        }
        try? FileManager.default.removeItem(atPath: mark)
    }

    @Test func towers() async {
        await OddCases.all(OddCases.numbers(200), mark: mark) { [mark] numbers in
            await #expect(processExitsWith: .success) {
                [mark = mark as String, from = numbers.lowerBound as Int, to = numbers.upperBound as Int] in
                try OddCases.run(from..<to, mark: mark) { try OddTowers().run }
            }
        }
        try? FileManager.default.removeItem(atPath: mark)
    }
}
