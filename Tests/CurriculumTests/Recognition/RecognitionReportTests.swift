import Curriculum
import Imaging
import Tensors
import Testing
import World

@Suite struct RecognitionReportTests {
    /// One that knows everyone: faces come in the order of the people.
    @Test func aPerfectRecogniser() {
        let report = RecognitionReport(people: .gallery, picturesEach: 1) { faces in
            let n = faces.shape[0]
            return Tensor((0..<n * n).map { $0 / n == $0 % n ? 2 : 0 }, shape: [n, n])
        }
        #expect(report.styles.map(\.style) == FaceStyle.allCases)
        #expect(report.styles.allSatisfy { $0.same == 1 && $0.rankOne == 1 && $0.accepted == 1 })
        #expect(report.same == 1 && report.differentMean == 0 && report.differentDeviation == 0)
        #expect(report.rankOne == 1 && report.accepted == 1 && report.photosAccepted == 1)
    }

    /// One to whom all are alike recognises nobody, though its cosines are 1.
    @Test func aBlindRecogniser() {
        let report = RecognitionReport(people: .gallery, picturesEach: 1) { faces in
            Tensor(repeating: 1, shape: [faces.shape[0], 4])
        }
        #expect(report.rankOne == 0 && report.accepted == 0 && report.photosAccepted == 0)
        #expect(report.differentMean == 1 && report.styles.allSatisfy { $0.same == 1 })
    }

    /// Pixels alone tell photos apart better than they do sketches; and twice is the same.
    @Test func pixels() {
        func report() -> RecognitionReport {
            RecognitionReport(people: .gallery, picturesEach: 1, side: 16) { $0.reshaped([$0.shape[0], 3 * 16 * 16]) }
        }
        let first = report()
        #expect(first == report())
        let photos = first.styles.first { $0.style == .photo }
        let sketches = first.styles.first { $0.style == .pencilSketch }
        #expect((photos?.rankOne ?? 0) > 0.2 && (photos?.rankOne ?? 0) > (sketches?.rankOne ?? 1))
    }
}
