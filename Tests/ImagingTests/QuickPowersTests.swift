import Elementary
import Imaging
import Testing

@Suite struct QuickPowersTests {
    @Test func cubeRootsHaveTenDigits() {
        for step in 0..<4000 {
            let x = Double.exp(Double(step) / 100 - 20)
            #expect(abs(QuickPowers.cubeRoot(x) / Double.cbrt(x) - 1) < 1e-10, "\(x)")
        }
    }

    @Test func powersHaveTenDigits() {
        for step in 0..<600 {
            let x = Double.exp(Double(step) / 20 - 20)
            for exponent in [0, 0.001, 0.3, 0.7, 1, 1.7] {
                #expect(abs(QuickPowers.power(x, exponent) / Double.pow(x, exponent) - 1) < 1e-10, "\(x)^\(exponent)")
            }
        }
        #expect(QuickPowers.power(0, 0) == 1 && QuickPowers.power(0, 0.7) == 0)
        #expect(QuickPowers.cubeRoot(1) == 1)
    }
}
