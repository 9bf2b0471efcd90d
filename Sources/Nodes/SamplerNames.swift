import Diffusion
import Graph

/// By the names of ComfyUI, of A1111 and InvokeAI, of k-diffusion's ports, and of diffusers' classes.
extension Sampler: ParameterChoice {
    public static let otherNames: OtherNames = {
        let same: [Sampler: [String]] = [
            .euler: ["Euler", "k_euler", "EulerDiscreteScheduler", "EDMEulerScheduler"],
            .eulerAncestral: [
                "euler_a", "Euler a", "k_euler_a", "k_euler_ancestral", "EulerAncestralDiscreteScheduler",
            ],
            .dpmpp2M: [
                "DPM++ 2M", "k_dpmpp_2m", "DPMSolverMultistepScheduler", "EDMDPMSolverMultistepScheduler",
            ],
            .dpmppSDE: ["DPM++ SDE", "k_dpmpp_sde", "DPMSolverSDEScheduler"],
            .dpmpp2MSDE: ["DPM++ 2M SDE", "k_dpmpp_2m_sde"], .heun: ["Heun", "k_heun", "HeunDiscreteScheduler"],
            .ddim: ["DDIM", "DDIMScheduler", "DDIMParallelScheduler"], .lcm: ["LCM", "LCMScheduler"],
            .tcd: ["TCD", "TCDScheduler"], .uniPC: ["UniPC", "unipc"],
        ]
        var names = OtherNames()
        for (sampler, others) in same { for name in others { names.taken[name] = sampler.rawValue } }
        for (sampler, reason, others) in nearest {
            for name in others { names.advice[name] = "it is not here; \(sampler.rawValue) \(reason)" }
        }
        names.advice["UniPCMultistepScheduler"] =
            "it is of second order unless solver_order says 3, as uni_pc_bh2 (solver_type bh2) and uni_pc (bh1) are"
        for name in ["ddpm", "DDPM", "DDPMScheduler", "DDPMParallelScheduler"] {
            names.advice[name] = "euler_ancestral takes the same steps"
        }
        for name in ["dpmpp_sde", "dpmpp_2m_sde"] {
            names.advice["\(name)_gpu"] = "it draws its noise on a graphics card; \(name) draws the processor's"
        }
        for (name, advice) in names.advice {
            for schedule in ["karras", "exponential"] {
                names.advice["\(name) \(schedule.capitalized)"] = "\(advice); write schedule: \(schedule)"
            }
            names.advice["\(name)_k"] = "\(advice); write schedule: karras"
        }
        for name in allCases.map(\.rawValue) + names.taken.keys {
            let sampler = names.taken[name] ?? name
            for schedule in ["karras", "exponential"] {
                names.advice["\(name) \(schedule.capitalized)"] = "write sampler: \(sampler) and schedule: \(schedule)"
            }
            names.advice["\(name)_k"] = "write sampler: \(sampler) and schedule: karras"
        }
        return names
    }()

    /// In the place of those that are not here.
    private static let nearest: [(Sampler, reason: String, [String])] = [
        (.euler, "is the nearest", ["gradient_estimation", "gradient_estimation_cfg_pp"]),
        (.euler, "at a lower guidance is the nearest", ["euler_cfg_pp"]),
        (.eulerAncestral, "at a lower guidance is the nearest", ["euler_ancestral_cfg_pp"]),
        (.ddim, "at a lower guidance is the nearest", ["DDIM CFG++"]),
        (.dpmpp2M, "at a lower guidance is the nearest", ["dpmpp_2m_cfg_pp", "res_multistep_cfg_pp"]),
        (
            .dpmpp2M, "looks back in the same way, by one step",
            [
                "lms", "LMS", "LMSDiscreteScheduler", "PLMS", "pndm", "PNDMScheduler", "res_multistep",
            ]
        ),
        (
            .dpmpp2M, "is of the same family",
            [
                "dpm_fast", "DPM fast", "dpm_adaptive", "DPM adaptive", "dpmpp_2s", "DPMSolverSinglestepScheduler",
                "dpmpp_3m",
            ]
        ),
        (
            .uniPC, "is a multistep solver of third order, too",
            [
                "deis", "DEISMultistepScheduler", "ipndm", "ipndm_v", "IPNDMScheduler",
            ]
        ),
        (
            .heun, "is of the same order and makes as many calls",
            [
                "dpm_2", "DPM2", "kdpm_2", "KDPM2DiscreteScheduler", "heunpp2", "restart", "Restart",
            ]
        ),
        (
            .dpmppSDE, "is of second order with fresh noise, and makes as many calls",
            [
                "dpm_2_ancestral", "DPM2 a", "kdpm_2_a", "KDPM2AncestralDiscreteScheduler", "dpmpp_2s_ancestral",
                "DPM++ 2S a",
                "dpmpp_2s_ancestral_cfg_pp", "seeds_2", "seeds_3",
            ]
        ),
        (
            .dpmpp2MSDE, "looks back by one step, with fresh noise",
            [
                "dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "DPM++ 3M SDE", "dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu",
                "DPM++ 2M SDE Heun", "er_sde", "sa_solver", "sa_solver_pece", "SASolverScheduler",
                "res_multistep_ancestral",
                "res_multistep_ancestral_cfg_pp",
            ]
        ),
    ]
}

/// By the names of ComfyUI, A1111 and diffusers.
extension TimestepSpacing: ParameterChoice {
    public static let otherNames = OtherNames(
        taken: [
            "Karras": "karras", "Exponential": "exponential", "Simple": "simple", "Normal": "normal", "Beta": "beta",
            "SGM Uniform": "sgm_uniform", "Align Your Steps": "align_your_steps", "ays": "align_your_steps",
            "AYS": "align_your_steps", "Uniform": "normal", "KL Optimal": "kl_optimal",
            // Of A1111's, whose rho is 1.
            "polyexponential": "exponential", "Polyexponential": "exponential",
        ],
        advice: [
            "ddim_uniform": "leading visits the same timesteps where the count divides 1000",
            "DDIM": "leading visits the same timesteps where the count divides 1000",
            "uniform": "A1111's Uniform is normal; ComfyUI's are sgm_uniform and ddim_uniform, which is leading",
            "Automatic": "choose one: trailing for models of few steps, karras for dpmpp_2m",
            "automatic": "choose one: trailing for models of few steps, karras for dpmpp_2m",
            "linear_quadratic": "it is made for models of flow matching; use trailing",
            "sgm": "ComfyUI's is sgm_uniform", "turbo": "trailing visits the same timesteps",
            "Turbo": "trailing visits the same timesteps", "gits": "it is not here; align_your_steps is a table, too",
            "laplace": "it is not here; karras is the nearest", "vp": "it is not here; normal is the nearest",
            "use_karras_sigmas": "write schedule: karras", "use_exponential_sigmas": "write schedule: exponential",
            "use_beta_sigmas": "it spaces noise levels, where beta, which is ComfyUI's, spaces timesteps",
            "use_lu_lambdas": "exponential spaces the same numbers alike",
        ]
    )
}
