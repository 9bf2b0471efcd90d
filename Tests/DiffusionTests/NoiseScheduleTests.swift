import Diffusion
import Foundation
import TensorTestSupport
import Testing

@Suite struct NoiseScheduleTests {
    /// The distance in units in the last place: PyTorch takes the last square root with MKL, which is not always
    /// rounded correctly.
    private func ulps(_ a: Float, _ b: Float) -> Int { abs(Int(a.bitPattern) - Int(b.bitPattern)) }

    @Test func sigmasOfSDXL() throws {
        let found = try NoiseSchedule().sigmas
        let expected = golden["table"].values
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { ulps($0, $1) <= 1 })
        #expect(zip(found, expected).count { $0 == $1 } > 980)
    }

    @Test func sigmasOfALinearSchedule() throws {
        var configuration = NoiseScheduleConfiguration.sdxl
        configuration.betaSchedule = .linear
        configuration.numTrainTimesteps = 50
        let found = try NoiseSchedule(configuration).sigmas
        let expected = golden["table.linear50"].values
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { ulps($0, $1) <= 1 })
    }

    @Test func sigmaLiesBetweenTimestepsAndIsHeldOutside() throws {
        let noise = try NoiseSchedule()
        #expect(noise.sigma(at: -1) == noise.sigmas[0])
        #expect(noise.sigma(at: 1000) == noise.sigmas[999])
        #expect(noise.sigma(at: 499) == noise.sigmas[499])
        #expect(abs(noise.sigma(at: 499.5) - (noise.sigmas[499] + noise.sigmas[500]) / 2) < 1e-6)
    }

    @Test func everySigmaIsNearestToItsOwnTimestep() throws {
        let noise = try NoiseSchedule()
        for (timestep, sigma) in noise.sigmas.enumerated() { #expect(noise.timestep(nearest: sigma) == timestep) }
        #expect(noise.timestep(nearest: 100) == 999)
        #expect(noise.timestep(nearest: 1e-5) == 0)
    }

    @Test func settingsOfADiffusersFolder() throws {
        let text = """
            {"_class_name": "EulerDiscreteScheduler", "beta_start": 0.001, "beta_end": 0.02, "beta_schedule": "linear",
             "num_train_timesteps": 100, "steps_offset": 0, "prediction_type": "v_prediction", "clip_sample": false,
             "set_alpha_to_one": true, "trained_betas": null, "timestep_spacing": "leading", "interpolation_type": "linear"}
            """
        var expected = NoiseScheduleConfiguration.sdxl
        expected.betaStart = 0.001
        expected.betaEnd = 0.02
        expected.betaSchedule = .linear
        expected.numTrainTimesteps = 100
        expected.stepsOffset = 0
        expected.predictionType = .velocity
        expected.setAlphaToOne = true
        #expect(try decode(text) == .ddpm(expected))
        #expect(try decode("{}") == .sdxl)
    }

    @Test(arguments: ["thresholding", "clip_sample"])
    func settingsThatWouldChangeThePictureAreRefused(_ key: String) throws {
        #expect(throws: NoiseScheduleError.unsupported(key: key)) { try decode("{\"\(key)\": true}") }
    }

    @Test(arguments: [
        ("beta_start", "0"), ("beta_start", "-1"), ("beta_start", "2"), ("beta_end", "0.0001"), ("beta_end", "1"),
        ("num_train_timesteps", "0"), ("num_train_timesteps", "100001"), ("steps_offset", "-1"),
        ("steps_offset", "1001"), ("beta_start", "1e-12"), ("beta_start", "1e-300"),
    ])
    func settingsThatMakeNoScheduleAreNamed(_ key: String, _ value: String) throws {
        do {
            _ = try decode("{\"\(key)\": \(value)}")
            Issue.record("\(key) = \(value) was taken")
        } catch NoiseScheduleError.unusable(let found, _, _) {
            #expect(found == key)
        }
    }

    @Test func aScheduleWhoseImageVanishesIsRefused() throws {
        #expect(throws: NoiseScheduleError.self) { try decode("{\"beta_start\": 0.9, \"beta_end\": 0.95}") }
        var configuration = NoiseScheduleConfiguration.sdxl
        (configuration.betaStart, configuration.betaEnd) = (0.9, 0.95)
        #expect(throws: NoiseScheduleError.self) { try NoiseSchedule(configuration) }
    }

    /// What a class means where its settings say nothing.
    @Test func absentKeysMeanWhatTheirClassMeans() throws {
        var bare = NoiseScheduleConfiguration.sdxl
        (bare.betaStart, bare.betaEnd, bare.betaSchedule, bare.stepsOffset) = (0.0001, 0.02, .linear, 0)
        #expect(try decode(#"{"_class_name": "EulerDiscreteScheduler"}"#) == .ddpm(bare))
        bare.setAlphaToOne = true
        #expect(try decode(#"{"_class_name": "DDIMScheduler"}"#) == .ddpm(bare))
        var distilled = NoiseScheduleConfiguration.sdxl
        (distilled.stepsOffset, distilled.setAlphaToOne) = (0, true)
        #expect(try decode(#"{"_class_name": "LCMScheduler"}"#) == .ddpm(distilled))
        (bare.betaStart, bare.betaEnd, bare.setAlphaToOne) = (0.00085, 0.012, false)
        #expect(try decode(#"{"_class_name": "HeunDiscreteScheduler"}"#) == .ddpm(bare))
    }

    @Test func noiseOfOtherFamiliesIsFollowedOrRefused() throws {
        var settings = EDMConfiguration()
        #expect(try decode(#"{"_class_name": "EDMEulerScheduler"}"#) == .edm(settings))
        settings.sigmaMax = 40
        settings.prediction = .velocity
        #expect(
            try decode(
                #"{"_class_name": "EDMDPMSolverMultistepScheduler", "sigma_max": 40, "prediction_type": "v_prediction"}"#
            ) == .edm(settings)
        )
        #expect(
            try decode(
                #"""
                {"_class_name": "EulerDiscreteScheduler", "timestep_type": "continuous", "sigma_min": 0.002, "sigma_max": 120,
                 "prediction_type": "v_prediction"}
                """#
            ) == .edm(.cosXL())
        )
        #expect(throws: NoiseScheduleError.otherFamily("FlowMatchEulerDiscreteScheduler")) {
            try decode(#"{"_class_name": "FlowMatchEulerDiscreteScheduler"}"#)
        }
        #expect(
            throws: NoiseScheduleError.unusable(
                key: "beta_schedule",
                value: "sigmoid",
                reason: "known are linear, scaled_linear, squaredcos_cap_v2"
            )
        ) { try decode(#"{"beta_schedule": "sigmoid"}"#) }
        #expect(throws: NoiseScheduleError.self) { try decode(#"{"rescale_betas_zero_snr": true}"#) }
        #expect(throws: NoiseScheduleError.self) { try decode(#"{"trained_betas": [0.1, 0.2]}"#) }
        #expect(throws: NoiseScheduleError.self) {
            try decode(#"{"_class_name": "EDMEulerScheduler", "sigma_min": 90}"#)
        }
    }

    private func decode(_ text: String) throws -> NoiseProcess {
        try JSONDecoder().decode(SchedulerSettings.self, from: Data(text.utf8)).process
    }
}
