import Diffusion
import Graph

/// By the names of ComfyUI (`euler_a` is A1111's short form), of A1111, of k-diffusion's ports, and of diffusers' classes.
extension Sampler: ParameterChoice {
    public static let otherNames: OtherNames = {
        let same: [Sampler: [String]] = [
            .euler: ["Euler", "k_euler", "EulerDiscreteScheduler"],
            .eulerAncestral: [
                "euler_a", "Euler a", "k_euler_a", "k_euler_ancestral", "EulerAncestralDiscreteScheduler",
            ],
            .dpmpp2M: ["DPM++ 2M", "k_dpmpp_2m", "DPMSolverMultistepScheduler"],
            .dpmppSDE: ["DPM++ SDE", "k_dpmpp_sde", "DPMSolverSDEScheduler"],
            .dpmpp2MSDE: ["DPM++ 2M SDE", "k_dpmpp_2m_sde"], .heun: ["Heun", "k_heun", "HeunDiscreteScheduler"],
            .ddim: ["DDIM", "DDIMScheduler"], .lcm: ["LCM", "LCMScheduler"], .tcd: ["TCD", "TCDScheduler"],
        ]
        var names = OtherNames()
        for (sampler, others) in same { for name in others { names.taken[name] = sampler.rawValue } }
        for (name, sampler) in names.taken {
            names.advice["\(name) Karras"] = "write sampler: \(sampler) and schedule: karras"
        }
        for name in ["dpmpp_3m_sde", "dpmpp_3m_sde_gpu", "DPM++ 3M SDE"] {
            names.advice[name] = "it is not here; dpmpp_2m_sde is of second order"
        }
        for name in ["dpmpp_sde", "dpmpp_2m_sde"] {
            names.advice["\(name)_gpu"] = "it draws its noise on a graphics card; \(name) draws the processor's"
        }
        for name in ["dpm_2", "DPM2", "KDPM2DiscreteScheduler"] {
            names.advice[name] = "it is not here; heun is of the same order and makes as many calls"
        }
        for name in [
            "uni_pc", "uni_pc_bh2", "UniPC", "UniPCMultistepScheduler", "deis", "DEISMultistepScheduler", "ipndm",
        ] {
            names.advice[name] = "it is not here; dpmpp_2m is a multistep solver of the same kind"
        }
        return names
    }()
}

/// By the names of ComfyUI and A1111.
extension TimestepSpacing: ParameterChoice {
    public static let otherNames = OtherNames(
        taken: [
            "Karras": "karras", "Exponential": "exponential", "Simple": "simple", "Normal": "normal", "Beta": "beta",
            "SGM Uniform": "sgm_uniform", "Align Your Steps": "align_your_steps", "ays": "align_your_steps",
        ],
        advice: [
            "ddim_uniform": "leading visits the same timesteps where the count divides 1000",
            "Automatic": "choose one: trailing for models of few steps, karras for dpmpp_2m",
            "kl_optimal": "it is not here; exponential ends at the same level",
            "linear_quadratic": "it is made for models of flow matching; use trailing",
            "sgm": "ComfyUI's is sgm_uniform",
        ]
    )
}
