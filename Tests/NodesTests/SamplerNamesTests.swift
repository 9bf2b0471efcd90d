import Diffusion
import Graph
import Nodes
import Testing

/// Names of samplers and schedules in other programs: each is taken, or answered with one that is here.
struct SamplerNamesTests {
    /// ComfyUI 0.3.64's KSampler, A1111 1.10's and InvokeAI 5's menus, the schedulers of diffusers 0.42.1 that sample from noise.
    static let samplers = [
        "euler", "euler_cfg_pp", "euler_ancestral", "euler_ancestral_cfg_pp", "heun", "heunpp2", "dpm_2",
        "dpm_2_ancestral", "lms", "dpm_fast", "dpm_adaptive", "dpmpp_2s_ancestral", "dpmpp_2s_ancestral_cfg_pp",
        "dpmpp_sde", "dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_cfg_pp", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu",
        "dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "ddpm", "lcm", "ipndm",
        "ipndm_v", "deis", "res_multistep", "res_multistep_cfg_pp", "res_multistep_ancestral",
        "res_multistep_ancestral_cfg_pp", "gradient_estimation", "gradient_estimation_cfg_pp", "er_sde", "seeds_2",
        "seeds_3", "sa_solver", "sa_solver_pece", "ddim", "uni_pc", "uni_pc_bh2",
        "DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE", "DPM++ 2M SDE Heun", "DPM++ 2S a", "DPM++ 3M SDE", "Euler a", "Euler",
        "LMS", "Heun", "DPM2", "DPM2 a", "DPM fast", "DPM adaptive", "Restart", "DDIM", "DDIM CFG++", "PLMS", "UniPC",
        "LCM", "DPM++ 2M Karras", "DPM++ 2M SDE Exponential", "DPM++ 3M SDE Karras", "LMS Karras", "DPM2 a Karras",
        "dpmpp_2s", "dpmpp_3m", "kdpm_2", "kdpm_2_a", "pndm", "tcd", "unipc", "euler_k", "dpmpp_2m_k", "unipc_k",
        "dpmpp_2m_sde_k", "lms_k", "heun_k",
        "DDIMScheduler", "DDPMScheduler", "DDIMParallelScheduler", "DDPMParallelScheduler", "DEISMultistepScheduler",
        "DPMSolverMultistepScheduler", "DPMSolverSDEScheduler", "DPMSolverSinglestepScheduler",
        "EDMDPMSolverMultistepScheduler", "EDMEulerScheduler", "EulerAncestralDiscreteScheduler",
        "EulerDiscreteScheduler", "HeunDiscreteScheduler", "IPNDMScheduler", "KDPM2AncestralDiscreteScheduler",
        "KDPM2DiscreteScheduler", "LCMScheduler", "LMSDiscreteScheduler", "PNDMScheduler", "SASolverScheduler",
        "TCDScheduler", "UniPCMultistepScheduler",
    ]

    static let schedules = [
        "simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic",
        "kl_optimal", "align_your_steps", "gits", "turbo", "laplace", "vp",
        "Automatic", "Uniform", "Karras", "Exponential", "Polyexponential", "polyexponential", "SGM Uniform",
        "KL Optimal", "Align Your Steps", "Simple", "Normal", "DDIM", "Beta", "Turbo",
        "leading", "trailing", "linspace", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas",
        "use_lu_lambdas",
    ]

    @Test(arguments: samplers) func sampler(_ name: String) throws {
        try expectAnswer(to: name, Sampler.self)
    }

    @Test(arguments: schedules) func schedule(_ name: String) throws {
        try expectAnswer(to: name, TimestepSpacing.self)
    }

    private func expectAnswer<Choice: ParameterChoice>(to name: String, _: Choice.Type) throws {
        if (try? Choice(parameter: .string(name))) != nil { return }
        let advice = try #require(Choice.otherNames.advice[name], "\(name) is not known")
        let words = advice.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        #expect(words.contains { Choice(rawValue: $0) != nil }, "\(name): \(advice)")
    }

    /// Other spellings are no other samplers.
    @Test(arguments: [
        ("Euler A", "did you mean `euler_ancestral`?"), ("dpm++ 2m", "did you mean `dpmpp_2m`?"),
        ("dpm++ 2m karras", "write sampler: dpmpp_2m and schedule: karras"),
        ("plms", "it is not here; dpmpp_2m looks back in the same way, by one step"),
    ])
    func spellings(_ name: String, _ advice: String) {
        #expect(Sampler.otherNames.advice(for: name) == advice)
        #expect(TimestepSpacing.otherNames.advice(for: "linear quadratic")?.contains("use trailing") == true)
        #expect(Sampler.otherNames.advice(for: "euler_x") == nil)
    }

    /// None of the names means two things.
    @Test func noNameIsBoth() {
        for names in [Sampler.otherNames, TimestepSpacing.otherNames] {
            #expect(names.advice.keys.filter { names.taken[$0] != nil }.isEmpty)
        }
        #expect(Sampler.allCases.allSatisfy { Sampler.otherNames.taken[$0.rawValue] == nil })
        #expect(Sampler.otherNames.taken.values.allSatisfy { Sampler(rawValue: $0) != nil })
        #expect(TimestepSpacing.otherNames.taken.values.allSatisfy { TimestepSpacing(rawValue: $0) != nil })
    }
}
